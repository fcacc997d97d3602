internal import ArgumentParser
internal import Diagnostics
internal import Foundation
internal import Reports

extension ExportFormat: ExpressibleByArgument {}

/// Writes exports to standard output.
enum ExportOutput {
    /// - Parameter body: writes the rows.
    static func write(_ columns: [ExportColumn], as format: ExportFormat, _ body: (inout ExportWriter) throws -> Void) throws {
        guard format != .parquet || isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError("Parquet is no text: send it to a file, as in > rows.parquet")
        }
        var writer = try ExportWriter(columns, as: format) {
            StandardOutput.write($0)
            try StandardOutput.check()
        }
        try body(&writer)
        try writer.finish()
    }
}

/// Where a command's text goes: to a file, or to standard output.
enum TextOutput {
    /// Writes the whole text. A file appears with all of it or, where that fails, stays as it was.
    /// - Throws: `output.unwritable`.
    static func write(_ text: String, to file: String?) throws {
        guard let file else { return output(text) }
        do {
            try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw Failure(
                Failure.Code("output.unwritable"), "\(file) cannot be written: \(Failure.sentence(of: error))",
                remedy: "name a file in a folder that is there and may be written to")
        }
    }
}
