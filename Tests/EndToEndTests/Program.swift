import Foundation
import Testing

/// The built programs, run as a person would. A program that nobody waited for is killed with its last reference.
final class Program {
    /// What a program that has ended left behind.
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let demoModel = root.appending(path: "pipeline/demo/demo.pth").path
    static let demoImages = root.appending(path: "pipeline/demo/val").path

    /// The folder of the built programs: the one that the tests were built into.
    static let folder: URL = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(filePath: own).deletingLastPathComponent()
        let candidates = [beside, root.appending(path: ".build/release")]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0.appending(path: "evalctl").path) } ?? beside
    }()

    private let process = Process()
    private let outputFile: URL
    private let errorFile: URL

    /// Starts `name` with its output in files of its own below `folder`.
    /// - Parameter through: a command that starts it, such as `ip netns exec NAME`.
    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], through: [String] = [], in folder: URL
    ) throws {
        let stem = "\(name)-\(UUID().uuidString)"
        outputFile = folder.appending(path: stem + ".out")
        errorFile = folder.appending(path: stem + ".err")
        for file in [outputFile, errorFile] { try Data().write(to: file) }
        let program = Self.folder.appending(path: name)
        process.executableURL = through.isEmpty ? program : URL(filePath: "/usr/bin/env")
        process.arguments = through.isEmpty ? arguments : through + [program.path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
    }

    /// Waits for the program's end, which has to come within `seconds`.
    func wait(seconds: Double = 300) throws -> Outcome {
        let deadline = Date().addingTimeInterval(seconds)
        while process.isRunning, Date() < deadline { usleep(20_000) }
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            Issue.record("\(process.executableURL?.lastPathComponent ?? "") did not end within \(seconds) s")
        }
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOf: outputFile, encoding: .utf8),
            errors: try String(contentsOf: errorFile, encoding: .utf8))
    }

    var isRunning: Bool { process.isRunning }

    var processID: Int32 { process.processIdentifier }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// What it has written to standard error so far.
    var errors: String { get throws { try String(contentsOf: errorFile, encoding: .utf8) } }

    /// Waits until it has written `text` to standard error so many times.
    func wait(for text: String, times: Int = 1, seconds: Double = 300) throws {
        let deadline = Date().addingTimeInterval(seconds)
        while try errors.components(separatedBy: text).count <= times {
            try #require(Date() < deadline, "it did not say '\(text)' \(times) times within \(seconds) s")
            usleep(10_000)
        }
    }

    /// Sends a signal to the program alone.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Runs `evalctl` to its end.
    static func evalctl(_ arguments: String..., environment: [String: String] = [:], in folder: URL) throws -> Outcome {
        try Program("evalctl", arguments, environment: environment, in: folder).wait()
    }

    /// Calls `body` with a folder of its own, removed afterwards.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "evalctl-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// Copies the first `perClass` demo images of each class.
    static func copyDemoImages(perClass: Int, to folder: URL) throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: demoImages) {
            let target = folder.appending(path: name)
            try files.createDirectory(at: target, withIntermediateDirectories: true)
            for image in try files.contentsOfDirectory(atPath: demoImages + "/" + name).sorted().prefix(perClass) {
                try files.copyItem(atPath: demoImages + "/" + name + "/" + image, toPath: target.appending(path: image).path)
            }
        }
    }

    /// The JSON object that a program printed.
    static func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
