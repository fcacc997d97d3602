import Foundation
import Postgres
import TestSupport
import Testing

extension ProgramTests {
    /// What one machine lacks makes no image a failure.
    @Suite struct BlameTests {
        private func folder(_ name: String, in cluster: ProgramCluster) throws -> String {
            let folder = cluster.folder.appending(path: name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return folder.path
        }

        private func expectNothingHeldAgainstShards(_ cluster: ProgramCluster) throws {
            #expect(try cluster.count("SELECT count(*) FROM shard_attempts") == 0)
            #expect(try cluster.count("SELECT max(failures + transient_failures) FROM shards") == 0)
            #expect(try cluster.count("SELECT count(*) FROM image_failures") == 0)
        }

        @Test(arguments: ProgramCluster.Transport.allCases)
        func `a worker with an empty mount beside a healthy one fails no image, and says what it lacks`(transport: ProgramCluster.Transport)
            throws
        {
            try ProgramCluster.with(perClass: 5, transport: transport) { cluster in
                let coordinator = try cluster.coordinator()
                let empty = try cluster.worker("--threads", "2", "--dataset-root", "val=\(folder("empty", in: cluster))")
                try cluster.waitForWorkers(1)
                let run = try cluster.submit("--shard-size", "5", "--timesteps", "20")
                try cluster.wait(until: "SELECT count(*) > 0 FROM workers WHERE problem LIKE '%lacks its images%'")
                let healthy = try cluster.worker("--threads", "1")
                try cluster.expectComplete(run, images: 100)
                try expectNothingHeldAgainstShards(cluster)
                #expect(try cluster.evalctl("worker", "list").output.contains("lacks its images"))
                try cluster.drain([empty, healthy, coordinator])
            }
        }

        @Test func `a worker whose cache cannot be written claims nothing, and goes on once it can`() throws {
            try ProgramCluster.with(perClass: 1, transport: .postgres) { cluster in
                let coordinator = try cluster.coordinator()
                let blocked = cluster.folder.appending(path: "blocked")
                try Data().write(to: blocked)
                let worker = try cluster.worker("--threads", "1", "--cache-dir", blocked.path)
                let run = try cluster.submit("--shard-size", "5")
                try cluster.wait(until: "SELECT count(*) = 1 FROM workers WHERE problem LIKE '%blocked%' AND NOT can_work")
                try cluster.wait(until: "SELECT count(*) = 4 FROM shards WHERE state = 'published'")
                #expect(try cluster.count("SELECT count(*) FROM shards WHERE claimed_at IS NOT NULL") == 0)
                try FileManager.default.removeItem(at: blocked)
                try cluster.expectComplete(run, images: 20)
                try cluster.wait(until: "SELECT count(*) = 1 FROM workers WHERE problem IS NULL AND can_work")
                try expectNothingHeldAgainstShards(cluster)
                try cluster.drain([worker, coordinator])
            }
        }

        @Test func `a folder in a checkpoint's place keeps one worker from one model, and the other does the run`() throws {
            try ProgramCluster.with(perClass: 2, transport: .postgres) { cluster in
                let coordinator = try cluster.coordinator()
                let name = try PostgresConnection(cluster.address).execute(
                    "SELECT encode(sha256, 'hex') || '.' || format AS name FROM models"
                )
                .single().text("name")
                let odd = try folder("odd", in: cluster)
                try FileManager.default.createDirectory(atPath: "\(odd)/\(name)", withIntermediateDirectories: true)
                let without = try cluster.worker("--threads", "2", "--cache-dir", odd)
                try cluster.waitForWorkers(1)
                let run = try cluster.submit("--shard-size", "2")
                try cluster.wait(until: "SELECT count(*) > 0 FROM workers WHERE problem LIKE '%is no file%'")
                let with = try cluster.worker("--threads", "1")
                try cluster.expectComplete(run, images: 40)
                try expectNothingHeldAgainstShards(cluster)
                try cluster.drain([without, with, coordinator])
            }
        }

        @Test func `an image that is gone for all fails once two workers miss it, and no other does`() throws {
            try ProgramCluster.with(perClass: 2, transport: .postgres) { cluster in
                let coordinator = try cluster.coordinator()
                let images = cluster.folder.appending(path: "images")
                let file = try #require(
                    FileManager.default.enumerator(atPath: images.path)?.compactMap { $0 as? String }.sorted().last { $0.hasSuffix("JPEG") }
                )
                try FileManager.default.removeItem(at: images.appending(path: file))
                let workers = [try cluster.worker("--threads", "1"), try cluster.worker("--threads", "1")]
                try cluster.waitForWorkers(2)
                let run = try cluster.submit("--shard-size", "4")
                try cluster.wait(until: "SELECT state = 'finished' FROM runs WHERE run_id = \(run)")
                #expect(try cluster.count("SELECT count(*) FROM predictions") == 39)
                #expect(try cluster.count("SELECT count(*) FROM image_failures WHERE code = 'image.unreadable'") == 1)
                #expect(try cluster.count("SELECT count(*) FROM image_doubts") == 1)
                #expect(try cluster.count("SELECT count(*) FROM shard_attempts") == 0)
                try cluster.drain(workers + [coordinator])
            }
        }

        @Test func `revoked rights end no worker and kill no shard`() throws {
            try ProgramCluster.with(perClass: 2, transport: .postgres) { cluster in
                let coordinator = try cluster.coordinator()
                let worker = try cluster.worker("--threads", "1")
                try cluster.waitForWorkers(1)
                // What a failover to a standby does to sessions.
                let run = try cluster.submit("--shard-size", "1", "--timesteps", "60")
                try cluster.wait(until: "SELECT count(*) > 2 FROM shards WHERE state = 'done'")
                try cluster.script("ALTER DATABASE \(cluster.databaseName) SET default_transaction_read_only = on")
                try cluster.script("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'eval-worker%'")
                usleep(3_000_000)
                #expect(worker.isRunning)
                try cluster.script(
                    "SET default_transaction_read_only = off; ALTER DATABASE \(cluster.databaseName) RESET default_transaction_read_only")
                try cluster.script("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'eval-worker%'")
                try cluster.expectComplete(run, images: 40)
                try expectNothingHeldAgainstShards(cluster)
                try cluster.drain([worker, coordinator])
            }
        }
    }
}
