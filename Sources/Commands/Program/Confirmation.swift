internal import ArgumentParser
internal import Diagnostics
internal import Foundation
internal import Glibc

/// Asks before something is deleted.
struct ConfirmationOptions: ParsableArguments {
    @Flag(help: "Do not ask.")
    var yes = false

    /// - Returns: whether to go on.
    /// - Throws: `confirmation.missing` where nobody can be asked.
    func confirm(_ question: String) throws -> Bool {
        if yes { return true }
        guard isatty(STDIN_FILENO) == 1 else {
            throw Failure(
                Failure.Code("confirmation.missing"), "\(question) Nobody can be asked: standard input is no terminal",
                remedy: "say --yes")
        }
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}
