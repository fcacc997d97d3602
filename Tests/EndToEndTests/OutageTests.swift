import EvaluationStore
import Foundation
import Kafka
import KafkaMock
import Postgres
import TestSupport
import Testing

extension ProgramTests {
    /// A run goes on after its broker, database or coordinator was gone.
    @Suite struct OutageTests {
        @Test(.enabled(if: TestBroker.isMock, "a broker of one's own keeps what it has"))
        func `all that the broker had may vanish, and the run still ends`() throws {
            try ProgramCluster.with(perClass: 3) { cluster in
                let coordinator = try cluster.coordinator()
                let run = try cluster.submit("--shard-size", "2")
                try cluster.wait(until: "SELECT count(*) = 16 FROM shards WHERE state = 'published'")
                // A mock broker keeps 5 MB of each partition: more than that pushes out what was there.
                let producer = try KafkaProducer(cluster.kafka, logger: ProgramCluster.quiet)
                let filling = (0..<8).flatMap { partition in
                    (0..<60).map { _ in
                        OutgoingMessage(topic: cluster.topics.jobs, partition: partition, value: [UInt8](repeating: 65, count: 100_000))
                    }
                }
                #expect(try producer.send(filling).allSatisfy { $0 })
                let worker = try cluster.worker("--threads", "1")
                try cluster.expectComplete(run, images: 60)
                #expect(try cluster.count("SELECT count(*) FROM shards WHERE publications > 1") >= 16)
                #expect(try cluster.count("SELECT count(*) FROM shard_attempts") == 0)
                try cluster.drain([worker, coordinator])
            }
        }

        @Test(.enabled(if: TestBroker.isMock, "only a mock broker goes down on demand"))
        func `programs wait for a broker that is gone, go on with what they have, and say so in five lines at most`() throws {
            try ProgramCluster.with(perClass: 3) { cluster in
                let coordinator = try cluster.coordinator()
                let worker = try cluster.worker("--threads", "1")
                let run = try cluster.submit("--shard-size", "2", "--timesteps", "100", "--engine", "float")
                try cluster.wait(until: "SELECT count(*) > 2 FROM shards WHERE state = 'done'")
                let before = try [worker, coordinator].map { try $0.errors.split(separator: "\n").count }
                cluster.mockBroker?.setBroker(1, isDown: true)
                try cluster.wait(until: "SELECT count(*) = 0 FROM shards WHERE state = 'running'")
                cluster.mockBroker?.setBroker(1, isDown: false)
                try cluster.expectComplete(run, images: 60)
                #expect(try cluster.count("SELECT count(*) FROM shard_attempts") == 0)
                for (program, count) in zip([worker, coordinator], before) {
                    let lines = try program.errors.split(separator: "\n").dropFirst(count)
                    #expect(lines.count <= 5, "\(lines.joined(separator: "\n"))")
                }
                try cluster.drain([worker, coordinator])
            }
        }

        @Test func `programs wait for a database that is gone, and nothing is done twice or given up`() throws {
            try Program.withFolder { folder in
                let database = EmbeddedCluster(directory: folder.appending(path: "postgres").path, durability: .kept)
                let address = try database.start()
                defer { _ = try? database.stop(immediately: true) }
                try ProgramCluster.with(perClass: 3, database: address) { cluster in
                    let coordinator = try cluster.coordinator()
                    let worker = try cluster.worker("--threads", "2", "--lease-seconds", "2")
                    let run = try cluster.submit("--shard-size", "3", "--timesteps", "200", "--engine", "float")
                    try cluster.wait(until: "SELECT count(*) > 2 FROM shards WHERE state = 'done'")
                    try database.stop(immediately: true)
                    // Longer than a lease.
                    let back = Date().addingTimeInterval(3)
                    while Date() < back { usleep(50_000) }
                    _ = try database.start()
                    try cluster.expectComplete(run, images: 60)
                    #expect(try cluster.count("SELECT count(*) FROM shard_attempts") == 0)
                    try cluster.drain([worker, coordinator])
                }
            }
        }

        @Test(arguments: [SIGKILL, SIGSTOP])
        func `another coordinator takes over once the leadership has expired, within five seconds`(signal: Int32) throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let first = try cluster.coordinator()
                try cluster.wait(until: "SELECT count(*) > 0 FROM leadership WHERE expires_at > clock_timestamp()")
                let second = try cluster.coordinator()
                try cluster.wait(until: "SELECT count(*) = 2 FROM coordinators")
                first.send(signal)
                #expect(
                    try cluster.count("SELECT count(*) FROM leadership WHERE expires_at > clock_timestamp() + interval '5 seconds'") == 0)
                try cluster.wait(
                    until: """
                        SELECT count(*) > 0 FROM leadership
                        WHERE expires_at > clock_timestamp() AND coordinator_id = (SELECT max(coordinator_id) FROM coordinators)
                        """)
                let run = try cluster.submit("--shard-size", "5")
                let worker = try cluster.worker("--threads", "1")
                try cluster.expectComplete(run, images: 20)
                if signal == SIGSTOP {
                    first.send(SIGCONT)
                    try cluster.drain([first])
                }
                try cluster.drain([worker, second])
            }
        }

        @Test func `without a coordinator workers finish what is published`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let coordinator = try cluster.coordinator()
                let run = try cluster.submit("--shard-size", "5")
                try cluster.wait(until: "SELECT count(*) = 4 FROM shards WHERE state = 'published'")
                // The rows say so before the broker has the messages.
                let admin = try KafkaAdmin(cluster.kafka, logger: ProgramCluster.quiet)
                var offered = 0
                for _ in 0..<600 where offered < 4 {
                    offered = try admin.lag(ofGroup: "nobody", topic: cluster.topics.jobs).values.reduce(0, +)
                    if offered < 4 { usleep(50_000) }
                }
                try #require(offered == 4)
                coordinator.send(SIGKILL)
                _ = try coordinator.wait()
                let worker = try cluster.worker("--threads", "1")
                try cluster.wait(until: "SELECT count(*) = 4 FROM shards WHERE state = 'done'")
                let next = try cluster.coordinator()
                try cluster.expectComplete(run, images: 20)
                try cluster.drain([worker, next])
            }
        }
    }
}
