import Foundation
import Testing

/// The help of every command, as people read it. After a wanted change, run the tests once with `EVALCTL_UPDATE_SNAPSHOTS=1`.
@Suite struct HelpTests {
    static let commands = [
        "evalctl", "evalctl run", "evalctl run evaluate", "evalctl run list", "evalctl run digest", "evalctl up",
        "evalctl submit",
        "evalctl status", "evalctl report", "evalctl failures",
        "evalctl predictions", "evalctl audit", "evalctl model", "evalctl model add", "evalctl model list", "evalctl model show",
        "evalctl model synth",
        "evalctl model trace", "evalctl dataset", "evalctl dataset add", "evalctl dataset list", "evalctl dataset show",
        "evalctl dataset verify", "evalctl dataset classes", "evalctl compare", "evalctl anytime", "evalctl energy", "evalctl activity",
        "evalctl classes", "evalctl confusion", "evalctl mistakes", "evalctl labels", "evalctl labels add", "evalctl labels list",
        "evalctl labels remove", "evalctl diff", "evalctl verify", "evalctl pause", "evalctl resume", "evalctl cancel", "evalctl worker",
        "evalctl worker list", "evalctl worker drain", "evalctl deadletter", "evalctl deadletter list", "evalctl deadletter show",
        "evalctl deadletter retry", "evalctl deadletter drop", "evalctl migrate", "evalctl preprocess", "eval-lab",
        "eval-lab bench", "eval-lab bench engine", "eval-lab bench preprocess", "eval-lab bench pipeline", "eval-lab chaos", "eval-worker",
        "eval-coordinator",
    ]

    @Test(arguments: commands)
    func `the help of a command is its snapshot`(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let file = Program.root.appending(path: "Tests/Fixtures/help/\(words.joined(separator: "-")).txt")
        let outcome = try Program.withFolder { folder in
            try Program(words[0], Array(words.dropFirst()) + ["--help"], environment: ["COLUMNS": "100"], in: folder).wait()
        }
        #expect(outcome.status == 0)
        if ProcessInfo.processInfo.environment["EVALCTL_UPDATE_SNAPSHOTS"] == "1" {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try outcome.output.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try outcome.output == String(contentsOf: file, encoding: .utf8))
    }

    @Test func `every command has a manual page, and every program completions that its shell reads`() throws {
        try Program.withFolder { folder in
            func run(_ arguments: String...) throws -> Int32 {
                let process = Process()
                process.executableURL = URL(filePath: "/usr/bin/env")
                process.arguments = arguments
                try process.run()
                process.waitUntilExit()
                return process.terminationStatus
            }
            try #require(try run(Program.root.appending(path: "ops/generate-manuals").path, folder.path, Program.folder.path) == 0)
            for command in Self.commands where !command.hasPrefix("eval-lab") {
                let page = folder.appending(path: "man/man1/\(command.replacing(" ", with: "-")).1")
                let text = try String(contentsOf: page, encoding: .utf8)
                #expect(text.hasPrefix(".TH ") && text.contains("\n.SH NAME\n") && text.contains("\n.SH SYNOPSIS\n"), "\(command)")
            }
            let evaluate = try String(contentsOf: folder.appending(path: "man/man1/evalctl-run-evaluate.1"), encoding: .utf8)
            #expect(evaluate.contains("\\-\\-timesteps"))
            for program in ["evalctl", "eval-worker", "eval-coordinator"] {
                let bash = folder.appending(path: "bash-completion/completions/\(program)").path
                #expect(try run("bash", "-n", bash) == 0)
                for other in ["zsh/vendor-completions/_\(program)", "fish/vendor_completions.d/\(program).fish", bash] {
                    let file = other.hasPrefix("/") ? URL(filePath: other) : folder.appending(path: other)
                    #expect(try String(contentsOf: file, encoding: .utf8).contains(program), "\(other)")
                }
            }
        }
    }
}
