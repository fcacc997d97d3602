internal import ArgumentParser
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
        var writer = try ExportWriter(columns, as: format) { try FileHandle.standardOutput.write(contentsOf: Data($0)) }
        try body(&writer)
        try writer.finish()
    }
}
