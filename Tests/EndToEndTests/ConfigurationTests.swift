import Foundation
import Testing

/// Where settings come from: the command line, the environment, credentials, a file.
@Suite struct ConfigurationTests {
    private func worker(_ arguments: [String], _ environment: [String: String] = [:], file: String? = nil, in folder: URL) throws
        -> Program.Outcome
    {
        let path = folder.appending(path: "worker.conf")
        try file?.write(to: path, atomically: true, encoding: .utf8)
        return try Program(
            "eval-worker", arguments,
            environment: environment.merging(["EVALCTL_CONFIG": file == nil ? "" : path.path]) { given, _ in given }, in: folder
        ).wait()
    }

    /// The lines that say a setting and, before the first, where it is from.
    private func printed(_ name: String, _ outcome: Program.Outcome) -> [String] {
        let lines = outcome.output.split(separator: "\n").map(String.init)
        guard let first = lines.firstIndex(where: { $0.hasPrefix("\(name) = ") }) else { return [] }
        return [lines[first - 1]] + lines.filter { $0.hasPrefix("\(name) = ") }
    }

    @Test
    func `the command line goes before the environment, that before a credential, that before the file, and that before what is built in`()
        throws
    {
        try Program.withFolder { folder in
            let file = "threads = 3\nlease-seconds = 9\n\n# a comment\n  topic-prefix=mine  \ndatabase = postgresql:///file\n"
            let credentials = folder.appending(path: "credentials")
            try FileManager.default.createDirectory(at: credentials, withIntermediateDirectories: true)
            try "postgresql:///credential\n".write(to: credentials.appending(path: "evalctl_database"), atomically: true, encoding: .utf8)
            let environment = ["EVALCTL_THREADS": "5", "EVALCTL_LEASE_SECONDS": "8", "CREDENTIALS_DIRECTORY": credentials.path]
            let outcome = try worker(["--print-config", "--threads", "7"], environment, file: file, in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(printed("threads", outcome) == ["# from: command line", "threads = 7"])
            #expect(printed("lease-seconds", outcome) == ["# from: EVALCTL_LEASE_SECONDS", "lease-seconds = 8"])
            #expect(printed("database", outcome) == ["# from: credential evalctl_database", "database = postgresql:///credential"])
            #expect(printed("topic-prefix", outcome).last == "topic-prefix = mine")
            #expect(printed("drain-seconds", outcome) == ["# from: built in", "drain-seconds = 30.0"])
        }
    }

    @Test func `secrets are masked where they stand, and nothing else is`() throws {
        try Program.withFolder { folder in
            let file = """
                database = postgresql://reader:r@server.example/results?sslrootcert=/r
                kafka-property = sasl.password=geheim
                kafka-property = ssl.ca.location=/r
                dataset-root = val=https://user:r@server.example/r?signature=r
                """
            let outcome = try worker(["--print-config"], file: file, in: folder)
            #expect(printed("database", outcome).last == "database = postgresql://reader:***@server.example/results?sslrootcert=/r")
            #expect(
                printed("kafka-property", outcome).dropFirst() == [
                    "kafka-property = sasl.password=***", "kafka-property = ssl.ca.location=/r",
                ])
            #expect(printed("dataset-root", outcome).last == "dataset-root = val=https://***@server.example/r?***")
        }
    }

    @Test(arguments: [
        ("thread = 3", "there is no setting thread"), ("threads = 3\nthreads = 4", "stands twice"), ("threads", "is no setting"),
        ("threads =", "has no value"),
        ("THREADS = 3", "is no setting"), ("help = true", "there is no setting help"), ("threads = many", "'many' is invalid"),
        ("threads = 0", "1 to 1024"),
    ])
    func `a file that says what there is not ends the program with the code of wrong usage`(file: String, reason: String) throws {
        try Program.withFolder { folder in
            let outcome = try worker(["--database", "postgresql:///x"], file: file, in: folder)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        }
    }

    @Test func `a file that is named and not there ends the program`() throws {
        try Program.withFolder { folder in
            let outcome = try worker([], ["EVALCTL_CONFIG": folder.appending(path: "none").path], in: folder)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("cannot be read"))
        }
    }

    @Test func `evalctl takes from a file what the command at hand takes`() throws {
        try Program.withFolder { folder in
            let path = folder.appending(path: "evalctl.conf").path
            try "threads = 2\ndatabase = postgresql:///x\n".write(toFile: path, atomically: true, encoding: .utf8)
            let outcome = try Program.evalctl("status", "--print-config", environment: ["EVALCTL_CONFIG": path], in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("database = postgresql:///x") && !outcome.output.contains("threads"))
            try "format = json\n".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try Program.evalctl("status", environment: ["EVALCTL_CONFIG": path], in: folder).status == 64)
        }
    }
}
