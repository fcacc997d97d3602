import Foundation
import Kafka
import KafkaMock
import Postgres
import TestSupport
import Testing

extension ProgramTests {
    /// What happens to a run when programs die, hang or lag. Hundreds of time steps of the float engine make images of the demo take long enough to interfere.
    @Suite struct DeliveryTests {
        @Test func `an image whose worker always dies is found and given up with its history; all others count`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let coordinator = try cluster.coordinator()
                let run = try cluster.submit("--shard-size", "4", "--timesteps", "200", "--engine", "float")
                try PostgresConnection(cluster.address).executeScript("UPDATE runs SET max_attempts = 1")
                let killer = 6
                let holds =
                    "SELECT count(*) > 0 FROM shards WHERE state = 'running' AND \(killer) BETWEEN first_ordinal AND first_ordinal + image_count - 1"
                for _ in 0..<3 {
                    let worker = try cluster.worker("--threads", "1", "--lease-seconds", "1")
                    try cluster.wait(until: holds)
                    worker.send(SIGKILL)
                    _ = try worker.wait()
                    try cluster.wait(until: "SELECT NOT (\(holds))")
                }
                let worker = try cluster.worker("--threads", "1", "--lease-seconds", "1")
                try cluster.wait(until: "SELECT state = 'finished' FROM runs")
                #expect(try cluster.count("SELECT count(*) FROM predictions WHERE ordinal <> \(killer)") == 19)
                let list = try cluster.evalctl("deadletter", "list", "\(run)", "--format", "json")
                let dead = try #require(try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
                #expect(dead.map { $0["first_ordinal"] as? Int } == [killer])
                let shard = try #require(dead.first?["shard"] as? Int)
                let show = try cluster.evalctl("deadletter", "show", "\(run)", "\(shard)")
                #expect(show.output.split(separator: "\n").count == 4, "\(show.output)")
                #expect(show.output.contains("worker.lost"))
                let letters = try Watcher(cluster.topics.deadLetter, cluster).values(until: { $0.count == 1 })
                #expect((letters.first?["images"] as? [[String: Any]])?.first?["ordinal"] as? Int == killer)

                #expect(try cluster.evalctl("deadletter", "retry", "\(run)").status == 0)
                try cluster.expectComplete(run, images: 20)
                try cluster.drain([worker, coordinator])
            }
        }

        @Test func `a run whose report cannot be made holds back no other's`() throws {
            try ProgramCluster.with(perClass: 1, transport: .postgres) { cluster in
                // A model of a version to come.
                try cluster.script(
                    """
                    INSERT INTO models (name, sha256, format, bytes, architecture, parameters)
                    VALUES ('odd', decode(repeat('ab', 32), 'hex'), 'torch', 3, '[]', 7);
                    INSERT INTO runs (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, version, shard_size, images_expected,
                                      max_attempts, state, started_at, finished_at)
                    SELECT m.model_id, d.dataset_id, 4, 'fixed32', 'p', 1000000, 'test', 5, 20, 4, 'finished', now(), now()
                    FROM models m CROSS JOIN datasets d WHERE m.name = 'odd';
                    INSERT INTO run_figures SELECT * FROM figures_of_runs ON CONFLICT DO NOTHING;
                    """)
                let coordinator = try cluster.coordinator()
                let worker = try cluster.worker("--threads", "1")
                let run = try cluster.submit("--timesteps", "1")
                try cluster.wait(until: "SELECT count(*) = 1 FROM reports WHERE run_id = \(run)")
                try coordinator.wait(for: "the report of run \(run - 1) cannot be made")
                try cluster.drain([worker, coordinator])
            }
        }

        @Test(arguments: ProgramCluster.Transport.allCases)
        func `a worker that joins during a run has work of it, whether or not its consumer group has taken it in`(
            transport: ProgramCluster.Transport
        ) throws {
            try ProgramCluster.with(perClass: 5, transport: transport) { cluster in
                let coordinator = try cluster.coordinator()
                let first = try cluster.worker("--threads", "1")
                let run = try cluster.submit("--shard-size", "2", "--timesteps", "200", "--engine", "float")
                try cluster.wait(until: "SELECT count(*) > 1 FROM shards WHERE state = 'done'")
                let second = try cluster.worker("--threads", "1")
                try cluster.waitForWorkers(2)
                try cluster.wait(
                    until: "SELECT count(*) > 0 FROM shards WHERE worker_id = (SELECT max(worker_id) FROM workers)")
                #expect(try cluster.evalctl("cancel", "\(run)").status == 0)
                try cluster.drain([first, second, coordinator])
            }
        }

        @Test(arguments: ProgramCluster.Transport.allCases)
        func `a late shard is computed by an idle worker as well, and the run does not wait for the first`(
            transport: ProgramCluster.Transport
        ) throws {
            try ProgramCluster.with(perClass: 2, transport: transport) { cluster in
                let coordinator = try cluster.coordinator()
                let slow = try cluster.worker("--threads", "1", "--lease-seconds", "600")
                try cluster.waitForWorkers(1)
                let run = try cluster.submit("--shard-size", "1", "--timesteps", "200", "--engine", "float")
                try cluster.wait(until: "SELECT count(*) > 8 FROM shards WHERE state = 'done'")
                try cluster.wait(until: "SELECT count(*) > 0 FROM shards WHERE state = 'running'")
                slow.send(SIGSTOP)
                let quick = try cluster.worker("--threads", "1", "--lease-seconds", "600")
                try cluster.expectComplete(run, images: 40, seconds: 60)
                #expect(try cluster.count("SELECT count(*) FROM shard_attempts") == 0)
                slow.send(SIGCONT)
                try cluster.drain([slow, quick, coordinator])
            }
        }

        @Test func `a worker that lacks the images does not keep a run from completing`() throws {
            try ProgramCluster.with(perClass: 3) { cluster in
                let coordinator = try cluster.coordinator()
                let without = try cluster.worker("--threads", "2", "--dataset-root", "val=/nonexistent")
                let with = try cluster.worker("--threads", "1")
                try cluster.waitForWorkers(2)
                let run = try cluster.submit("--shard-size", "1", "--timesteps", "20")
                try cluster.expectComplete(run, images: 60)
                let why = try PostgresConnection(cluster.address).execute(
                    "SELECT outcome || ' ' || class || ' ' || code || ' ' || message AS why FROM shard_attempts WHERE class <> 'transient'"
                ).map { try $0.text("why") }
                #expect(why == [])
                #expect(try cluster.count("SELECT max(failures) FROM shards") == 0)
                try cluster.drain([without, with, coordinator])
            }
        }

        @Test func `watchers hear of runs, shards and workers`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let coordinator = try cluster.coordinator()
                try cluster.wait(until: "SELECT count(*) > 0 FROM leadership WHERE expires_at > clock_timestamp()")
                let worker = try cluster.worker("--threads", "1")
                try cluster.waitForWorkers(1)
                let run = try cluster.submit("--shard-size", "5")
                try cluster.expectComplete(run, images: 20)
                try cluster.drain([worker])
                // Coordinator and worker send theirs side by side.
                let events = try Watcher(cluster.topics.events, cluster).values { seen in
                    ["worker_stopped", "run_finished"].allSatisfy { name in seen.contains { $0["event"] as? String == name } }
                }
                let names = events.compactMap { $0["event"] as? String }
                #expect(Set(names) == ["worker_joined", "run_started", "shard_done", "run_finished", "worker_stopped"])
                #expect(names.filter { $0 == "shard_done" }.count == 4)
                try cluster.drain([coordinator])
            }
        }
    }
}

/// Reads JSON messages of a topic from its start.
struct Watcher {
    private let consumer: KafkaConsumer

    init(_ topic: String, _ cluster: ProgramCluster) throws {
        consumer = try KafkaConsumer(
            cluster.kafka, group: "watcher-\(UUID().uuidString)", topics: [topic], logger: ProgramCluster.quiet)
    }

    func values(until isEnough: ([[String: Any]]) -> Bool) throws -> [[String: Any]] {
        defer { consumer.close() }
        var values: [[String: Any]] = []
        let deadline = Date().addingTimeInterval(30)
        while !isEnough(values) {
            try #require(Date() < deadline, "\(values)")
            guard let message = try consumer.poll(milliseconds: 200) else { continue }
            values.append(try Program.json(String(decoding: message.value ?? [], as: UTF8.self)))
        }
        return values
    }
}
