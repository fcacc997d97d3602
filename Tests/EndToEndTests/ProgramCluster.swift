import EvaluationStore
import Foundation
import Kafka
import KafkaMock
import Logging
import Postgres
import TestSupport
import Testing

/// A migrated database, a broker, the demo model as `demo`, and a part of the demo images as `val`, for programs that are told of them.
struct ProgramCluster {
    let folder: URL
    let address: DatabaseAddress
    let topics: JobTopics
    private let testBroker: TestBroker?
    private let environment: [String: String]

    /// What jobs travel through.
    enum Transport: String, CaseIterable {
        case kafka, postgres
    }

    /// How to reach the broker of a cluster whose jobs travel through Kafka.
    var kafka: KafkaConfiguration {
        guard let testBroker else { preconditionFailure("this cluster has no broker") }
        return testBroker.configuration
    }

    /// The same broker, unless it is an external one.
    var mockBroker: MockBroker? { testBroker?.mock }

    /// - Parameter perClass: images of each of the 20 classes.
    static func with(perClass: Int, transport: Transport = .kafka, _ body: (ProgramCluster) throws -> Void) throws {
        try TestDatabase.withDatabase { try with(perClass: perClass, transport: transport, database: $0, body) }
    }

    static func with(
        perClass: Int, transport: Transport = .kafka, database address: DatabaseAddress, _ body: (ProgramCluster) throws -> Void
    ) throws {
        try Program.withFolder { folder in
            let topics = JobTopics(prefix: TestBroker.uniqueName("test"))
            let broker = transport == .kafka ? try TestBroker(topics: topics.descriptions(partitions: 8), group: topics.workerGroup) : nil
            let cluster = ProgramCluster(
                folder: folder, address: address, topics: topics, testBroker: broker,
                environment: ["EVALCTL_DATABASE": address.exposedURI, "EVALCTL_KAFKA": broker?.configuration.bootstrapServers ?? ""])
            let images = folder.appending(path: "images")
            try Program.copyDemoImages(perClass: perClass, to: images)
            for arguments in [
                ["migrate"], ["model", "add", "demo", Program.demoModel], ["dataset", "add", "val", "--root", images.path],
            ] {
                let outcome = try cluster.evalctl(arguments)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            try body(cluster)
        }
    }

    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    private func start(_ name: String, _ arguments: [String] = [], environment added: [String: String] = [:]) throws -> Program {
        var common = ["--topic-prefix", topics.prefix, "--log-level", "info"]
        for (name, value) in testBroker?.configuration.properties ?? [] { common += ["--kafka-property", "\(name)=\(value)"] }
        return try Program(name, common + arguments, environment: environment.merging(added) { $1 }, in: folder)
    }

    func coordinator(environment: [String: String] = [:]) throws -> Program { try start("eval-coordinator", environment: environment) }

    /// A program that serves HTTP on a port of its own choice.
    /// - Parameter token: what opens it, or nil.
    func serving(_ name: String, token: String? = nil, _ arguments: String...) throws -> (Program, HTTPProbe) {
        let file = folder.appending(path: "address-\(UUID().uuidString)")
        var options = ["--http", "127.0.0.1:0", "--http-address-file", file.path] + arguments
        if name == "eval-worker" { options += ["--cache-dir", folder.appending(path: "cache").path] }
        let program = try start(name, options, environment: ["EVALCTL_HTTP_TOKEN": token ?? ""])
        return (program, try HTTPProbe(file: file, of: program))
    }

    func worker(environment: [String: String] = [:], _ arguments: String...) throws -> Program {
        try start("eval-worker", ["--cache-dir", folder.appending(path: "cache").path] + arguments, environment: environment)
    }

    func evalctl(_ arguments: [String]) throws -> Program.Outcome {
        try Program("evalctl", arguments, environment: environment, in: folder).wait()
    }

    func evalctl(_ arguments: String...) throws -> Program.Outcome { try evalctl(arguments) }

    /// Submits a run on `val` and gives its number.
    func submit(_ arguments: String...) throws -> Int {
        let outcome = try evalctl(["submit", "--dataset", "val", "--model", "demo"] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try #require(Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// Runs statements on the database.
    func script(_ sql: String) throws { try PostgresConnection(address).executeScript(sql) }

    var databaseName: String {
        get throws { try PostgresConnection(address).execute("SELECT current_database()::text AS name").single().text("name") }
    }

    /// One number out of the database.
    func count(_ sql: String) throws -> Int {
        try PostgresConnection(address).execute("SELECT (\(sql))::bigint AS count").single().int("count")
    }

    /// Looks at the database until `sql`, which gives a truth value, is true.
    func wait(until sql: String, seconds: Double = 300, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let connection = try PostgresConnection(address)
        let deadline = Date().addingTimeInterval(seconds)
        while try !connection.execute("SELECT coalesce((\(sql)), false) AS done").single().bool("done") {
            try #require(Date() < deadline, "after \(seconds) s it still does not hold that \(sql)", sourceLocation: sourceLocation)
            usleep(10_000)
        }
    }

    func waitForWorkers(_ count: Int) throws {
        try wait(until: "SELECT count(*) = \(count) FROM workers WHERE state = 'running'")
    }

    /// Waits for a run's end and checks that each image counts once.
    func expectComplete(_ run: Int, images: Int, seconds: Double = 600, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try wait(until: "SELECT state = 'finished' FROM runs WHERE run_id = \(run)", seconds: seconds, sourceLocation: sourceLocation)
        #expect(
            try count("SELECT count(DISTINCT ordinal) FROM predictions WHERE run_id = \(run)") == images, sourceLocation: sourceLocation)
        #expect(try count("SELECT count(*) FROM predictions WHERE run_id = \(run)") == images, sourceLocation: sourceLocation)
        #expect(try count("SELECT count(*) FROM image_failures WHERE run_id = \(run)") == 0, sourceLocation: sourceLocation)
    }

    /// Lets programs end, and expects that none ended before.
    func drain(_ programs: [Program]) throws {
        for program in programs { program.send(SIGTERM) }
        for program in programs {
            let outcome = try program.wait(seconds: 120)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }
}
