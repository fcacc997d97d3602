import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// What one machine lacks makes no image a failure.
/// Beside `ProgramTests` and not among them: it measures no time, and takes as long as all of those.
@Suite(.requiresPostgres, .serialized) struct BlameTests {
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
            try cluster.wait(until: "SELECT count(*) > 0 FROM workers WHERE problem LIKE '%is empty on this machine%'")
            let healthy = try cluster.worker("--threads", "1")
            try cluster.expectComplete(run, images: 100)
            try expectNothingHeldAgainstShards(cluster)
            #expect(try cluster.evalctl("worker", "list").output.contains("is empty on this machine"))
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

    @Test func `a worker without the memory for a run says so and leaves it to one that has it`() throws {
        try ProgramCluster.with(perClass: 2, transport: .postgres) { cluster in
            let coordinator = try cluster.coordinator()
            let small = try cluster.worker("--threads", "2", "--memory-limit", "1M")
            try cluster.waitForWorkers(1)
            let run = try cluster.submit("--shard-size", "2")
            try cluster.wait(until: "SELECT count(*) = 1 FROM workers WHERE problem LIKE '%may be taken%'")
            #expect(try cluster.evalctl("worker", "list").output.contains("raise --memory-limit"))
            try cluster.wait(until: "SELECT count(*) = 0 FROM shards WHERE state IN ('running', 'done')")
            let large = try cluster.worker("--threads", "1")
            try cluster.expectComplete(run, images: 40)
            try expectNothingHeldAgainstShards(cluster)
            try cluster.drain([small, large, coordinator])
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
                "BEGIN READ WRITE; ALTER DATABASE \(cluster.databaseName) RESET default_transaction_read_only; COMMIT")
            try cluster.script("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'eval-worker%'")
            try cluster.expectComplete(run, images: 40)
            try expectNothingHeldAgainstShards(cluster)
            try cluster.drain([worker, coordinator])
        }
    }

    /// A disk of 64 KiB that the demo's checkpoint does not fit on.
    private func smallDisk(_ name: String, in cluster: ProgramCluster) throws -> String {
        let folder = try folder(name, in: cluster)
        try execute("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder)
        return folder
    }

    private func execute(_ command: String...) throws {
        let process = try Process.run(URL(filePath: "/usr/bin/env"), arguments: command)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a disk takes root"), arguments: [true, false])
    func `a full disk under a worker's cache makes no image dead, alone or beside a healthy worker`(isAlone: Bool) throws {
        try ProgramCluster.with(perClass: 2, transport: .postgres) { cluster in
            let coordinator = try cluster.coordinator()
            let disk = try smallDisk("full", in: cluster)
            defer { try? execute("umount", "--lazy", disk) }
            var workers = [try cluster.worker("--threads", "2", "--cache-dir", disk)]
            let run = try cluster.submit("--shard-size", "1")
            try cluster.wait(until: "SELECT count(*) = 1 FROM workers WHERE problem LIKE '%\(disk)%' AND NOT can_work")
            try cluster.wait(until: "SELECT count(*) >= 4 FROM shards WHERE state = 'published'")
            if isAlone {
                try execute("mount", "-o", "remount,size=64m", disk)
            } else {
                workers.append(try cluster.worker("--threads", "1"))
            }
            try cluster.expectComplete(run, images: 40)
            try expectNothingHeldAgainstShards(cluster)
            try cluster.drain(workers + [coordinator])
        }
    }

    @Test func `a worker that was stopped for longer than its leases takes back what was held against their shards`() throws {
        try ProgramCluster.with(perClass: 1, transport: .postgres) { cluster in
            let coordinator = try cluster.coordinator()
            let worker = try cluster.worker("--threads", "2", "--lease-seconds", "2")
            let run = try cluster.submit("--shard-size", "5", "--timesteps", "250", "--engine", "float")
            try cluster.wait(until: "SELECT count(*) = 2 FROM shards WHERE state = 'running'")
            worker.send(SIGSTOP)
            try cluster.wait(until: "SELECT count(*) = 2 FROM shard_attempts WHERE class = 'unknown'")
            #expect(try cluster.count("SELECT sum(failures) FROM shards") == 2)
            worker.send(SIGCONT)
            try cluster.wait(until: "SELECT count(*) = 2 FROM shard_attempts WHERE class = 'transient' AND code = 'worker.cut_off'")
            #expect(try cluster.count("SELECT sum(failures) FROM shards") == 0)
            #expect(try cluster.evalctl("cancel", "\(run)").status == 0)
            try cluster.drain([worker, coordinator])
        }
    }

    @Test func `an outage of all programs for longer than leases last makes no shard a suspect`() throws {
        try Program.withFolder { folder in
            let database = EmbeddedCluster(directory: folder.appending(path: "postgres").path, durability: .throwaway)
            let address = try database.start()
            defer { _ = try? database.stop(immediately: true) }
            try ProgramCluster.with(perClass: 1, transport: .postgres, database: address) { cluster in
                let coordinator = try cluster.coordinator()
                let worker = try cluster.worker("--threads", "2", "--lease-seconds", "2")
                let run = try cluster.submit("--shard-size", "2", "--timesteps", "100", "--engine", "float")
                try cluster.wait(until: "SELECT count(*) > 1 FROM shards WHERE state = 'running'")
                // Nothing is closed and nothing answers, as behind a network that is gone; the server's own start is no excuse later.
                let postmaster = try String(contentsOf: folder.appending(path: "postgres/data/postmaster.pid"), encoding: .utf8)
                    .split(separator: "\n").first.flatMap { pid_t($0) }
                let server =
                    try [#require(postmaster)]
                    + PostgresConnection(address).execute(
                        "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'eval-%'"
                    ).map { pid_t(try $0.int("pid")) }
                for process in server { kill(process, SIGSTOP) }
                let back = ContinuousClock.now + .seconds(12)
                while .now < back { usleep(50_000) }
                for process in server { kill(process, SIGCONT) }
                try cluster.expectComplete(run, images: 20)
                #expect(try cluster.count("SELECT sum(failures) FROM shards") == 0)
                try cluster.drain([worker, coordinator])
            }
        }
    }
}
