import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

extension ProgramTests {
    /// Coordinator and workers as processes of their own, with a database and a broker that they are told of.
    @Suite struct ClusterTests {
        @Test(arguments: ProgramCluster.Transport.allCases) func `two workers share a run`(transport: ProgramCluster.Transport) throws {
            try ProgramCluster.with(perClass: 10, transport: transport) { cluster in
                let coordinator = try cluster.coordinator()
                let workers = [try cluster.worker("--threads", "1"), try cluster.worker("--threads", "1")]
                try cluster.waitForWorkers(2)
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

        @Test(arguments: ProgramCluster.Transport.allCases)
        func `a killed worker's shard is redone, and every image counts once`(transport: ProgramCluster.Transport) throws {
            try ProgramCluster.with(perClass: 10, transport: transport) { cluster in
                let coordinator = try cluster.coordinator()
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
}
