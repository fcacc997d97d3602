import Diagnostics
import Evaluation
import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

/// A database of every version there was, with rows in it, is dumped, restored and migrated, and answers as before.
@Suite(.requiresPostgres) struct UpgradeTests {
    /// Two runs of twelve images: the first has ended with a failed image, the second is half done and has a dead shard.
    private static let catalogue = """
        INSERT INTO models (name, sha256, format, bytes, architecture, parameters)
        VALUES ('m', decode(repeat('ab', 32), 'hex'), 'torch', 3, '{"patch": 4, "image": 224, "dim": 78}', 7);
        INSERT INTO checkpoint_chunks VALUES (decode(repeat('ab', 32), 'hex'), 0, '\\x010203');
        INSERT INTO model_layers VALUES (1, 0, 'lif', 'lif', 100), (1, 1, 'linear', 'synapse', 10);
        INSERT INTO datasets (name, root, labels, images, classes, manifest_sha256)
        VALUES ('d', '/images', 'folders', 12, 2, decode(repeat('cd', 32), 'hex'));
        INSERT INTO dataset_classes (dataset_id, class, name) VALUES (1, 0, 'cat'), (1, 1, 'dog');
        INSERT INTO images SELECT 1, o, 'cat/' || o || '.jpg', o % 2, 5, sha256('x') FROM generate_series(0, 11) AS o;
        INSERT INTO workers (host, process_id, version, instruction_set, threads) VALUES ('h', 1, 'v', 'x86-64', 2);
        INSERT INTO runs (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, version, shard_size, images_expected, max_attempts,
                          state, submitted_at, started_at, finished_at)
        VALUES (1, 1, 2, 'fixed32', 'p', 1000, 'v', 4, 12, 4, 'finished', '2026-01-01', '2026-01-01 00:00:01', '2026-01-01 00:00:11'),
               (1, 1, 2, 'float', 'p', 1000, 'v', 4, 12, 4, 'running', '2026-01-02', '2026-01-02 00:00:01', NULL);
        INSERT INTO shards (run_id, shard, first_ordinal, image_count, state, attempt, published_at, claimed_at, lease_token, lease_expires_at,
                            worker_id, finished_at)
        SELECT r, s, s * 4, 4, state, 1, '2026-01-02', '2026-01-02', CASE WHEN state IN ('done', 'running') THEN gen_random_uuid() END,
               CASE WHEN state = 'running' THEN now() + interval '1 hour' END, CASE WHEN state IN ('done', 'running') THEN 1 END,
               CASE WHEN state IN ('done', 'dead') THEN '2026-01-02'::timestamptz END
        FROM generate_series(1, 2) AS r CROSS JOIN generate_series(0, 2) AS s
        CROSS JOIN LATERAL (SELECT CASE WHEN r = 1 OR s = 0 THEN 'done' WHEN s = 1 THEN 'dead' ELSE 'running' END AS state) x;
        INSERT INTO shard_attempts (run_id, shard, attempt, worker_id, outcome, code, message) VALUES (2, 1, 1, 1, 'expired', 'worker.lost', 'gone');
        INSERT INTO image_failures (run_id, ordinal, shard, code, message, worker_id) VALUES (1, 5, 1, 'image.truncated', 'cut', 1);
        INSERT INTO image_failures (run_id, ordinal, shard, code, message, worker_id)
        SELECT 2, o, 1, 'worker.lost', 'gone', 1 FROM generate_series(4, 7) AS o;
        INSERT INTO reports (run_id, report) VALUES (1, '{"run": 1}');
        CREATE TEMP VIEW evaluated AS SELECT r, o, o / 4 AS s, o % 2 AS label, (o / 3) % 2 AS top
        FROM generate_series(1, 2) AS r CROSS JOIN generate_series(0, 11) AS o WHERE (r = 1 AND o <> 5) OR (r = 2 AND o < 4);
        """

    /// The rows as versions up to 7 kept them.
    private static let partitionPerRun = """
        SELECT create_run_partitions(1), create_run_partitions(2);
        INSERT INTO predictions (run_id, ordinal, label, shard, top5, scores, timestep_top1, timestep_label_rank, timestep_margin, timestep_spikes,
                                 timestep_synops, decode_us, preprocess_us, inference_us, total_us, worker_id)
        SELECT r, o, label, s, ARRAY[top, 1 - top], ARRAY[2.5, o]::real[], ARRAY[1, top], ARRAY[1 - label, (label <> top)::integer],
               ARRAY[0.25, 1.5]::real[], ARRAY[10 + o, 20], ARRAY[3000000000, o], 1, 2, 3 + o, 9, 1 FROM evaluated;
        INSERT INTO layer_activity
        SELECT r, s, l, t, count(*), CASE l WHEN 0 THEN sum(o) + t ELSE 0 END, CASE l WHEN 0 THEN 100 * count(*) ELSE 0 END,
               CASE l WHEN 0 THEN 0 ELSE 7 * t END
        FROM evaluated CROSS JOIN generate_series(0, 1) AS l CROSS JOIN generate_series(1, 2) AS t GROUP BY r, s, l, t;
        """

    /// The same rows as later versions keep them.
    private static let leanRows = """
        INSERT INTO prediction_rows
        SELECT r, o, label, s, 1, 2, 3 + o, 9, 2,
               ARRAY[1 - label, (label <> top)::integer, 10 + o, 30 + o, -1 - (3000000000 & 2147483647)::integer, -1 - ((3000000000 + o) & 2147483647)::integer,
                     1, top, 1 - top, 0, 0, 1, 1],
               ARRAY[0.25, 1.5, 2.5, o]::real[] FROM evaluated;
        INSERT INTO shard_activity SELECT r, s, count(*), ARRAY[sum(o) + 1, sum(o) + 2, 7, 14] FROM evaluated GROUP BY r, s;
        UPDATE runs SET next_shard = 3;
        UPDATE shards SET images_evaluated = p.n, top1_correct = p.top1, top5_correct = p.n
        FROM (SELECT r, s, count(*) AS n, count(*) FILTER (WHERE label = top) AS top1 FROM evaluated GROUP BY r, s) p
        WHERE run_id = r AND shard = s;
        INSERT INTO run_figures SELECT * FROM figures_of_runs;
        """

    private static func fill(_ connection: PostgresConnection, version: Int) throws {
        try connection.executeScript(catalogue + (version < 8 ? partitionPerRun : leanRows))
    }

    /// What a database says of its runs.
    private func answers(_ address: DatabaseAddress) throws -> [String] {
        let session = PostgresSession(address)
        defer { session.close() }
        let store = EvaluationStore(session: session)
        let connection = try PostgresConnection(address)
        let queries = [
            "SELECT * FROM run_accuracy ORDER BY run_id", "SELECT * FROM anytime_accuracy ORDER BY run_id, timestep",
            "SELECT run_id, ordinal, label, shard, top5, scores, timestep_top1, timestep_spikes, timestep_synops, worker_id, spikes, synops FROM predictions ORDER BY 1, 2",
            "SELECT run_id, shard, layer, timestep, images, spikes, neurons, synops FROM layer_activity ORDER BY 1, 2, 3, 4",
            "SELECT * FROM layer_firing ORDER BY run_id", "SELECT * FROM class_accuracy ORDER BY run_id, class",
            "SELECT run_id, state, images_done, shards, shards_done, shards_dead, shards_running FROM progress ORDER BY run_id",
            "SELECT run_id, shard, state, attempt, image_count FROM shards ORDER BY 1, 2", "SELECT run_id, report FROM reports",
            "SELECT * FROM dead_letters", "SELECT run_id, shard, code FROM shard_attempts",
            "SELECT name, encode(sha256, 'hex') FROM models",
        ]
        return try queries.map {
            try connection.execute("SELECT coalesce(string_agg(q::text, E'\\n'), '') AS rows FROM (\($0)) q").single().text("rows")
        } + [store.answers.digest(of: RunID(1)), store.answers.digest(of: RunID(2))]
    }

    /// A database filled with the newest schema: what all others must say as well.
    private func expected() throws -> [String] {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try MigrationRunner().migrate(connection)
            try Self.fill(connection, version: Migration.embedded.count)
            return try answers(address)
        }
    }

    private static let programs: String = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return "/usr/lib/postgresql/\(versions.max { (Int($0) ?? 0) < (Int($1) ?? 0) } ?? "")/bin"
    }()

    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "\(Self.programs)/\(program)")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(program)")
    }

    @Test func `every version's database is dumped, restored and migrated, and answers as before`() throws {
        let expected = try expected()
        let dump = FileManager.default.temporaryDirectory.appending(path: "evalctl-\(UUID().uuidString).dump").path
        defer { try? FileManager.default.removeItem(atPath: dump) }
        for version in 1...Migration.embedded.count {
            try TestDatabase.withDatabase { old in
                let connection = try PostgresConnection(old)
                try MigrationRunner(migrations: Array(Migration.embedded[..<version])).migrate(connection)
                try Self.fill(connection, version: version)
                connection.close()
                try run("pg_dump", ["--format=custom", "--file=\(dump)", old.exposedURI])
                try TestDatabase.withDatabase { restored in
                    try run("pg_restore", ["--no-owner", "--exit-on-error", "--dbname=\(restored.exposedURI)", dump])
                    var moved: [String] = []
                    try MigrationRunner().migrate(PostgresConnection(restored)) { moved.append($0) }
                    #expect(
                        moved
                            == (version < 8 ? ["run 1 moved, 1 runs are left", "run 2 moved, 0 runs are left", "all rows are moved"] : []))
                    try MigrationRunner().check(PostgresConnection(restored))
                    #expect(try answers(restored) == expected, "version \(version)")
                    // What it is made of is the same, too: a store goes on where the backup was taken.
                    try goOn(restored)
                }
            }
        }
    }

    /// Does what is left of run 2.
    private func goOn(_ address: DatabaseAddress) throws {
        let session = PostgresSession(address)
        defer { session.close() }
        let store = EvaluationStore(session: session)
        let fixture = StoreFixture(store: store, address: address)
        try PostgresConnection(address).executeScript("UPDATE shards SET lease_expires_at = '-infinity' WHERE state = 'running'")
        _ = try store.queue.rescue(policy: StoreFixture.policy())
        #expect(try store.queue.retryDead(RunID(2), shards: nil) == 4)
        while let lease = try fixture.claimNext(of: RunID(2), worker: 1) {
            try store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: 1)
        }
        #expect(try store.queue.finishRuns() == [RunID(2)])
        #expect(try store.queue.progress(RunID(2)).first?.imagesDone == 12)
    }

    @Test func `a move of rows that is interrupted goes on where it was, and until then programs refuse the database`() throws {
        let expected = try expected()
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try MigrationRunner(migrations: Array(Migration.embedded[..<7])).migrate(connection)
            try Self.fill(connection, version: 7)
            var pieces = 0
            #expect(throws: Failure.self) {
                try MigrationRunner().migrate(connection) { _ in
                    pieces += 1
                    connection.close()
                }
            }
            #expect(pieces == 1)
            let again = try PostgresConnection(address)
            let refusal = #expect(throws: Failure.self) { try MigrationRunner().check(again) }
            #expect(refusal?.code == .migrationPending)
            var moved: [String] = []
            try MigrationRunner().migrate(again) { moved.append($0) }
            #expect(moved == ["run 2 moved, 0 runs are left", "all rows are moved"])
            #expect(try answers(address) == expected)
        }
    }
}
