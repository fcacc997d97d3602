package import ArgumentParser
internal import Diagnostics
internal import EvaluationStore
internal import Foundation

/// How the programs end. Usage errors are ArgumentParser's 64.
package enum ProgramExit {
    /// Something went wrong; standard error says what.
    package static let failure = ExitCode(1)
    /// The run has ended, or was looked at, and not every image has a prediction.
    package static let incomplete = ExitCode(2)
    /// What was checked is not as it should be: a row is not reproduced, or an accuracy is out of its reference's tolerance.
    package static let differs = ExitCode(3)
    /// What was asked for makes no sense as it was asked.
    package static let usage = ExitCode.validationFailure
    /// A database or a broker cannot be reached.
    package static let unavailable = ExitCode(69)
    /// Ended by SIGINT.
    package static let interrupted = ExitCode(130)

    /// Prints `error` for a person and gives the program's exit code for it.
    package static func code(for error: any Error) -> ExitCode {
        // What breaks while a signal ends everything is no news.
        Interruption.waitForEnd()
        if let code = error as? ExitCode { return code }
        note("error: \(Failure.sentence(of: error))")
        guard let failure = error as? Failure else { return self.failure }
        if failure.code == .differentImages { return usage }
        return failure.recovery == .transient ? unavailable : self.failure
    }

    /// Runs a command's work; what it throws becomes a line on standard error and an exit code.
    package static func reporting(_ body: () throws -> Void) throws {
        StandardOutput.prepare()
        do {
            do {
                try body()
            } catch let code as ExitCode {
                // What could not be written is worse than what it would have said.
                try StandardOutput.check()
                throw code
            }
            try StandardOutput.check()
        } catch let error as CleanExit {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch {
            throw code(for: error)
        }
    }
}

/// Writes data to standard output.
package func output(_ text: String) {
    StandardOutput.write(text.utf8)
}

/// Writes a line for a person to standard error.
package func note(_ text: String) {
    StandardOutput.writeError(text + "\n")
}
