import EvaluationStore
import Foundation
import Kafka
import Logging
import Postgres
import TestSupport
import Testing

/// Coordinator and workers as processes of their own, with a database and a broker that they are told of.
@Suite(.requiresPostgres, .serialized) struct ClusterTests {
    /// A migrated database, a broker, the demo model, and a part of the demo images.
    private struct Cluster {
        let folder: URL
        let environment: [String: String]
        let broker: EmbeddedBroker
        let topics: JobTopics

        func start(_ name: String, _ arguments: [String] = []) throws -> Program {
            var common = ["--topic-prefix", topics.prefix, "--log-level", "info"]
            for (name, value) in EmbeddedBroker.clientProperties { common += ["--kafka-property", "\(name)=\(value)"] }
            return try Program(name, common + arguments, environment: environment, in: folder)
        }

        func worker(_ arguments: String...) throws -> Program {
            try start("eval-worker", ["--cache-dir", folder.appending(path: "cache").path] + arguments)
        }

        func evalctl(_ arguments: [String]) throws -> Program.Outcome {
            try Program("evalctl", arguments, environment: environment, in: folder).wait()
        }
    }

    private func withCluster(perClass: Int, _ body: (Cluster) throws -> Void) throws {
        try Program.withFolder { folder in
            try TestDatabase.withDatabase { address in
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                let topics = JobTopics(prefix: "test")
                let broker = try EmbeddedBroker(topics: topics.descriptions(partitions: 8), logger: logger)
                let cluster = Cluster(
                    folder: folder,
                    environment: ["EVALCTL_DATABASE": address.exposedURI, "EVALCTL_KAFKA": broker.bootstrapServers], broker: broker,
                    topics: topics)
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
    }

    @Test func `two workers share a run`() throws {
        try withCluster(perClass: 10) { cluster in
            let coordinator = try cluster.start("eval-coordinator")
            let workers = [try cluster.worker("--threads", "1"), try cluster.worker("--threads", "1")]
            let ready = Date().addingTimeInterval(9)
            while Date() < ready { usleep(100_000) }
            let run = try cluster.evalctl(
                ["submit", "--dataset", "val", "--model", "demo", "--shard-size", "4", "--wait", "--format", "json"])
            #expect(run.status == 0, "\(run.errors)")
            let report = try Program.json(run.output)
            #expect(report["complete"] as? Bool == true)
            #expect(report["workers"] as? Int == 2)
            for program in workers + [coordinator] { program.send(SIGTERM) }
            for program in workers + [coordinator] { #expect(try program.wait(seconds: 30).status == 0) }
        }
    }

    @Test func `a killed worker's shard is redone, and every image counts once`() throws {
        try withCluster(perClass: 10) { cluster in
            let coordinator = try cluster.start("eval-coordinator")
            let first = try cluster.worker("--threads", "2", "--lease-seconds", "2")
            let submitted = try cluster.evalctl(["submit", "--dataset", "val", "--model", "demo", "--shard-size", "50"])
            let number = submitted.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let deadline = Date().addingTimeInterval(60)
            while Date() < deadline {
                let status = try cluster.evalctl(["status", number, "--format", "json"])
                if status.output.contains("\"shards_running\" : 2") { break }
            }
            first.send(SIGKILL)
            #expect(try first.wait().status == SIGKILL)
            let second = try cluster.worker("--threads", "2", "--lease-seconds", "2")
            let watch = try cluster.evalctl(["status", number, "--watch"])
            #expect(watch.status == 0)
            let report = try Program.json(try cluster.evalctl(["report", number, "--format", "json"]).output)
            #expect(report["images"] as? [String: Int] == ["expected": 200, "evaluated": 200, "failed": 0])
            second.send(SIGTERM)
            coordinator.send(SIGTERM)
            #expect(try second.wait(seconds: 30).status == 0)
            #expect(try coordinator.wait(seconds: 30).status == 0)
        }
    }

    @Test func `a database that is not there is named, without its password, with exit code 69`() throws {
        try Program.withFolder { folder in
            let outcome = try Program(
                "eval-worker", ["--kafka", "127.0.0.1:1", "--database", "postgresql://me:s3cret@127.0.0.1:1/none"], in: folder
            ).wait(seconds: 90)
            #expect(outcome.status == 69)
            #expect(outcome.errors.contains("127.0.0.1"))
            #expect(!outcome.errors.contains("s3cret"))
        }
    }

    @Test func `a broker that is not there is named, with exit code 69`() throws {
        try TestDatabase.withDatabase { address in
            try Program.withFolder { folder in
                _ = try MigrationRunner().migrate(try PostgresConnection(address))
                let outcome = try Program(
                    "eval-coordinator", ["--kafka", "127.0.0.1:1"], environment: ["EVALCTL_DATABASE": address.exposedURI], in: folder
                ).wait(seconds: 90)
                #expect(outcome.status == 69)
                #expect(outcome.errors.contains("127.0.0.1:1"))
            }
        }
    }

    @Test func `nonsense on the command line ends with exit code 64`() throws {
        try Program.withFolder { folder in
            for arguments in [["run"], ["report", "x"], ["submit", "--dataset", "a", "--model", "b", "--timesteps", "0"], ["nope"]] {
                let outcome = try Program("evalctl", arguments, in: folder).wait()
                #expect(outcome.status == 64, "\(arguments)")
            }
        }
    }
}
