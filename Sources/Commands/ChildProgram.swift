internal import Diagnostics
internal import Foundation

/// A program of this project that runs beside this one, ends with it, and logs to a file.
final class ChildProgram {
    let name: String
    let logPath: String
    private let process = Process()
    private let lifeline = Pipe()

    /// Starts `name`, which lies beside this program.
    init(_ name: String, arguments: [String], environment: [String: String] = [:], logPath: String) throws {
        self.name = name
        self.logPath = logPath
        let folder = URL(filePath: try Self.ownPath()).deletingLastPathComponent()
        let program = folder.appending(path: name)
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw Failure(
                Failure.Code("stack.program"), "\(name) is not beside evalctl in \(folder.path)",
                remedy: "build or install all three programs")
        }
        guard FileManager.default.createFile(atPath: logPath, contents: nil, attributes: [.posixPermissions: 0o600]),
            let log = FileHandle(forWritingAtPath: logPath)
        else {
            throw Failure(Failure.Code("stack.log"), "the log \(logPath) cannot be written", remedy: "choose another --data-dir")
        }
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = lifeline
        process.standardOutput = log
        process.standardError = log
        try process.run()
    }

    private static func ownPath() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    var isRunning: Bool { process.isRunning }

    /// A failure where the program has ended by itself, with the end of its log.
    func requireRunning() throws {
        guard !process.isRunning else { return }
        let log = (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
        let tail = log.split(separator: "\n").suffix(5).joined(separator: "\n  ")
        throw Failure(
            Failure.Code("stack.ended"), "\(name) ended with status \(process.terminationStatus):\n  \(tail)\n",
            remedy: "its log is \(logPath)")
    }

    /// Asks the program to end, waits, and kills it where it does not.
    func stop(seconds: Double) {
        guard process.isRunning else { return }
        try? lifeline.fileHandleForWriting.close()
        process.terminate()
        let deadline = Date().addingTimeInterval(seconds)
        while process.isRunning, Date() < deadline { usleep(5000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
