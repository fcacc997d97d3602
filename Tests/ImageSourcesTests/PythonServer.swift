import Foundation
import TestSupport

/// A server in Python that prints its port when it is ready, and ends with its standard input.
final class PythonServer {
    private let process = Process()
    private let input = Pipe()
    let port: Int

    struct NotStarted: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameters:
    ///   - python: the interpreter.
    ///   - script: a file of this folder.
    init(python: String = "/usr/bin/python3", _ script: String, _ arguments: [String] = []) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = [URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data([0x0A]) { line += byte }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else {
            throw NotStarted(description: "\(script) did not say its port")
        }
        self.port = port
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") }

    /// The interpreter of the environment that `ops/setup --tests` makes, with moto in it.
    static var moto: String? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".build/moto/bin/python3").path
        return FileManager.default.isExecutableFile(atPath: python) ? python : nil
    }
}
