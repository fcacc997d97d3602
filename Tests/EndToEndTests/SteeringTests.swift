import Foundation
import Postgres
import TestSupport
import Testing

extension ProgramTests {
    /// What an operator does to a running fleet.
    @Suite struct SteeringTests {
        @Test func `a run is paused, resumed and cancelled; cancelling stops the computing and keeps what is stored`()
            throws
        {
            try ProgramCluster.with(perClass: 5) { cluster in
                let coordinator = try cluster.coordinator()
                let worker = try cluster.worker("--threads", "2")
                let run = try cluster.submit("--shard-size", "10", "--timesteps", "200", "--engine", "float")
                try cluster.wait(until: "SELECT count(*) > 0 FROM shards WHERE state = 'done'")
                #expect(try cluster.evalctl("pause", "\(run)").status == 0)
                try cluster.wait(until: "SELECT count(*) = 0 FROM shards WHERE state IN ('published', 'running')")
                #expect(try cluster.count("SELECT count(*) FROM shards WHERE state = 'pending'") > 0)
                #expect(try cluster.evalctl("resume", "\(run)", "--priority", "3").status == 0)
                try cluster.wait(until: "SELECT count(*) = 2 FROM shards WHERE state = 'running'")
                // Halted, so that it can store neither shard before the run is cancelled.
                worker.send(SIGSTOP)
                let running = try cluster.count("SELECT count(*) FROM shards WHERE state = 'running'")
                let stored = try cluster.count("SELECT count(*) FROM predictions")
                #expect(try cluster.evalctl("cancel", "\(run)").status == 0)
                worker.send(SIGCONT)
                try worker.wait(for: "was taken away", times: running)
                #expect(try cluster.count("SELECT count(*) FROM predictions") == stored)
                #expect(stored >= 10)
                #expect(stored < 100)
                let refused = try cluster.evalctl("resume", "\(run)")
                #expect(refused.status == 1)
                #expect(refused.errors.contains("submit --resume"))

                #expect(try cluster.evalctl("submit", "--resume", "\(run)").status == 0)
                try cluster.expectComplete(run, images: 100)
                #expect(try cluster.count("SELECT max(failures + transient_failures) FROM shards") == 0)
                try cluster.drain([worker, coordinator])
            }
        }

        @Test func `a worker is listed and drained by number, and hands back what it does not finish in time`() throws {
            try ProgramCluster.with(perClass: 2) { cluster in
                let coordinator = try cluster.coordinator()
                let worker = try cluster.worker("--threads", "1", "--drain-seconds", "0")
                let run = try cluster.submit("--shard-size", "20", "--timesteps", "200", "--engine", "float")
                try cluster.wait(until: "SELECT count(*) = 1 FROM shards WHERE state = 'running'")
                let list = try cluster.evalctl("worker", "list", "--format", "json")
                let workers = try #require(try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
                let listed = try #require(workers.first)
                #expect(listed["state"] as? String == "running")
                #expect((listed["shards"] as? [String])?.count == 1)
                let id = try #require(listed["id"] as? Int)
                #expect(try cluster.evalctl("worker", "drain", "\(id)", "--wait").status == 0)
                #expect(try worker.wait().status == 0)
                #expect(try cluster.count("SELECT count(*) FROM shards WHERE state = 'running'") == 0)
                #expect(try cluster.evalctl("worker", "drain", "\(id)").status == 1)
                let next = try cluster.worker("--threads", "2")
                try cluster.expectComplete(run, images: 40)
                #expect(try cluster.count("SELECT max(attempt) FROM shards") == 1)
                try cluster.drain([next, coordinator])
            }
        }

        @Test func `a worker ends in bounded time, also where the database holds what it asked`() throws {
            try ProgramCluster.with(perClass: 1, transport: .postgres) { cluster in
                let worker = try cluster.worker("--threads", "1", "--drain-seconds", "1")
                try cluster.waitForWorkers(1)
                let holder = try PostgresConnection(cluster.address)
                try holder.executeScript("BEGIN; LOCK TABLE shards IN ACCESS EXCLUSIVE MODE")
                try cluster.wait(
                    until:
                        "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'eval-worker claims' AND wait_event_type = 'Lock'"
                )
                worker.send(SIGTERM)
                let outcome = try worker.wait(seconds: 60)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.errors.contains("holds a claim for longer"))
                try holder.executeScript("ROLLBACK")
            }
        }

        @Test func `a second SIGTERM ends a worker at once, and gives its shards back`() throws {
            try ProgramCluster.with(perClass: 2) { cluster in
                let coordinator = try cluster.coordinator()
                let worker = try cluster.worker("--threads", "2", "--lease-seconds", "600", "--drain-seconds", "600")
                let run = try cluster.submit("--shard-size", "20", "--timesteps", "200", "--engine", "float")
                try cluster.wait(until: "SELECT count(*) = 2 FROM shards WHERE state = 'running'")
                worker.send(SIGTERM)
                try cluster.wait(until: "SELECT count(*) = 1 FROM workers WHERE state = 'draining'")
                worker.send(SIGTERM)
                // One that finished its shards first would end with 0.
                #expect(try worker.wait().status == 130)
                #expect(try cluster.count("SELECT count(*) FROM shards WHERE state = 'running'") == 0)
                let next = try cluster.worker("--threads", "2")
                try cluster.expectComplete(run, images: 40)
                #expect(try cluster.count("SELECT max(attempt) FROM shards") == 1)
                try cluster.drain([next, coordinator])
            }
        }

        @Test func `submitting the same again gives the same run, unless another is wanted`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let run = try cluster.submit("--timesteps", "3")
                #expect(try cluster.submit("--timesteps", "3") == run)
                #expect(try cluster.submit("--timesteps", "2") != run)
                #expect(try cluster.submit("--timesteps", "3", "--new") != run)
                #expect(try cluster.evalctl("submit").status == 64)
                #expect(try cluster.evalctl("submit", "--resume", "\(run)", "--new").status == 64)
                #expect(try cluster.evalctl("submit", "--resume", "99").status == 1)
            }
        }

        @Test func `runs of one priority share the workers, a higher priority goes first`() throws {
            try ProgramCluster.with(perClass: 5) { cluster in
                let coordinator = try cluster.coordinator()
                let low = try cluster.submit("--shard-size", "2", "--timesteps", "60")
                let other = try cluster.submit("--shard-size", "2", "--timesteps", "61")
                let worker = try cluster.worker("--threads", "2")
                // The first run has a window's start before the second is there, and before a worker.
                try cluster.wait(until: "SELECT count(*) >= 40 FROM shards WHERE state = 'done'")
                let shares = try [low, other].map {
                    try cluster.count("SELECT count(*) FROM shards WHERE state = 'done' AND run_id = \($0)")
                }
                #expect(shares.allSatisfy { $0 >= 8 }, "\(shares)")
                let high = try cluster.submit("--shard-size", "2", "--timesteps", "62", "--priority", "9")
                try cluster.expectComplete(high, images: 100)
                #expect(try cluster.count("SELECT count(*) FROM runs WHERE state = 'running'") > 0)
                try cluster.expectComplete(low, images: 100)
                try cluster.expectComplete(other, images: 100)
                try cluster.drain([worker, coordinator])
            }
        }
    }
}
