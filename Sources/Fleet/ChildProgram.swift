internal import Diagnostics
internal import Foundation

/// A program of this project that runs beside this one, ends with it, and logs to a file.
package final class ChildProgram {
    package let name: String
    package let logPath: String
    private let process = Process()
    private let lifeline = Pipe()

    /// Starts `name`, which lies beside this program.
    /// - Parameter appending: whether an older log of that path is gone on with; it is replaced otherwise.
    /// - Throws: `stack.program`, `stack.log`.
    package init(
        _ name: String, arguments: [String], environment: [String: String] = [:], logPath: String, appending: Bool = false
    ) throws {
        self.name = name
        self.logPath = logPath
        let folder = URL(filePath: try Self.ownPath()).deletingLastPathComponent()
        let program = folder.appending(path: name)
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw Failure(
                Failure.Code("stack.program"), "\(name) is not beside this program in \(folder.path)",
                remedy: "build or install all programs")
        }
        process.executableURL = program
        process.arguments = arguments
        process.environment = Self.inherited.merging(environment) { $1 }
        process.standardInput = lifeline
        let log = try Self.openLog(logPath, appending: appending)
        process.standardOutput = log
        process.standardError = log
        try process.run()
    }

    /// This program's environment without its settings, which are not the other one's, and without any configuration file.
    private static var inherited: [String: String] {
        let kept: Set<String> = ["EVALCTL_HTTP_TOKEN", "EVALCTL_PREPARED_STATEMENTS"]
        return ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("EVALCTL_") || kept.contains($0.key) }
            .merging(["EVALCTL_CONFIG": ""]) { $1 }
    }

    private static func openLog(_ path: String, appending: Bool) throws -> FileHandle {
        let files = FileManager.default
        guard
            appending && files.fileExists(atPath: path)
                || files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let log = FileHandle(forWritingAtPath: path)
        else {
            throw Failure(Failure.Code("stack.log"), "the log \(path) cannot be written", remedy: "choose another --data-dir")
        }
        _ = try log.seekToEnd()
        return log
    }

    private static func ownPath() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    package var isRunning: Bool { process.isRunning }

    package var processID: Int32 { process.processIdentifier }

    /// How the program ended: its exit code, or the number of the signal that ended it; nil while it runs.
    package var status: Int32? { process.isRunning ? nil : process.terminationStatus }

    /// The last lines of the program's log.
    package func logTail(lines: Int = 5) -> String {
        let log = (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
        return log.split(separator: "\n").suffix(lines).joined(separator: " | ")
    }

    /// A failure where the program has ended by itself, with the end of its log.
    package func requireRunning() throws {
        guard !process.isRunning else { return }
        throw Failure(
            Failure.Code("stack.ended"), "\(name) ended with status \(process.terminationStatus): \(logTail())",
            remedy: "its log is \(logPath)")
    }

    /// Writes a line to the program's standard input, where it still reads it.
    package func tell(_ line: String) {
        // The pipe of a program that has ended is broken, and SIGPIPE would end this one.
        signal(SIGPIPE, SIG_IGN)
        try? lifeline.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Sends a signal to the program, where it still runs.
    package func send(_ signal: Int32) {
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    /// Ends the program at once, whatever it is doing.
    package func end() {
        send(SIGKILL)
        process.waitUntilExit()
    }

    /// Asks the program to end, waits, and kills it where it does not.
    package func stop(seconds: Double) {
        guard process.isRunning else { return }
        try? lifeline.fileHandleForWriting.close()
        process.terminate()
        let deadline = Deadline(in: .seconds(seconds))
        while process.isRunning, !deadline.isPast { usleep(5000) }
        if process.isRunning { send(SIGKILL) }
        process.waitUntilExit()
    }
}
