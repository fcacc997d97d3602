import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// What each role must not do, tried on a run with a shard in every state; `docs/sql.md` says what each may.
@Suite(.requiresPostgres) struct RoleTests {
    private static let everybody = [
        "DELETE FROM prediction_rows", "UPDATE prediction_rows SET label = 1", "UPDATE shard_activity SET images = 1",
        "DELETE FROM shard_activity", "DELETE FROM shards", "DELETE FROM runs", "DELETE FROM shard_attempts", "DELETE FROM image_failures",
        "UPDATE image_failures SET code = 'x'", "INSERT INTO models (name) VALUES ('x')", "UPDATE models SET name = 'x'",
        "DELETE FROM models",
        "UPDATE datasets SET root = '/'", "DELETE FROM datasets", "UPDATE images SET sha256 = sha256", "DELETE FROM images",
        "UPDATE dataset_classes SET title = 'x'", "INSERT INTO checkpoint_chunks VALUES ('x', 0, 'x')",
        "UPDATE checkpoint_chunks SET data = 'x'",
        "INSERT INTO runs (model_id) VALUES (1)", "UPDATE runs SET priority = 9", "UPDATE runs SET images_expected = 1",
        "UPDATE shards SET image_count = 1", "UPDATE shards SET first_ordinal = 1", "UPDATE shards SET images_redone = 1",
        "UPDATE workers SET drain_requested = true", "UPDATE workers SET host = 'x'", "DELETE FROM reports", "DELETE FROM run_figures",
        "UPDATE run_figures SET top1_correct = 9", "DELETE FROM certificates", "UPDATE energy_costs SET picojoules = 1",
        "UPDATE leadership SET singleton = false", "INSERT INTO leadership DEFAULT VALUES", "DELETE FROM leadership",
        "INSERT INTO schema_migrations VALUES (999, 'x', 'x')", "DELETE FROM schema_migrations", "BEGIN; LOCK TABLE runs",
        "BEGIN; LOCK TABLE shards",
        "BEGIN; LOCK TABLE runs IN SHARE MODE", "BEGIN; LOCK TABLE shards IN SHARE ROW EXCLUSIVE MODE", "BEGIN; LOCK TABLE prediction_rows",
        "BEGIN; LOCK TABLE leadership", "BEGIN; LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE", "TRUNCATE shards CASCADE",
        "TRUNCATE prediction_rows",
        "CREATE TABLE public.mine ()", "CREATE TABLE partitions.mine ()", "SELECT FROM partitions.prediction_rows_00",
        "ALTER TABLE runs ADD mine int",
        "DROP TRIGGER guard ON shards", "ALTER TABLE shards DISABLE TRIGGER guard", "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION may_steer() RETURNS boolean LANGUAGE sql AS 'SELECT true'", "ALTER ROLE evalctl_reader SUPERUSER",
        "COPY runs TO PROGRAM 'true'", "DROP VIEW predictions",
    ]

    private static let worker =
        everybody + [
            "UPDATE shards SET state = 'pending', finished_at = NULL, lease_token = NULL, lease_expires_at = NULL WHERE state = 'done'",
            "UPDATE shards SET worker_id = 1 WHERE state = 'done'",
            "UPDATE shards SET state = 'pending', finished_at = NULL WHERE state = 'dead'",
            "UPDATE shards SET state = 'done', finished_at = now() WHERE state = 'pending'",
            "UPDATE shards SET failures = 9 WHERE state = 'pending'",
            "UPDATE shards SET not_before = 'infinity' WHERE state = 'pending'", "INSERT INTO shards (run_id, shard) VALUES (1, 99)",
            "UPDATE runs SET state = 'finished'", "UPDATE runs SET started_at = now()", "UPDATE runs SET next_shard = 0",
            "INSERT INTO reports VALUES (1, '{}')", "UPDATE leadership SET expires_at = 'infinity'", "SELECT FROM leadership",
            "INSERT INTO coordinators (host, process_id, version) VALUES ('x', 1, 'x')", "DELETE FROM workers", "BEGIN; LOCK TABLE workers",
            "INSERT INTO workers (host, process_id, version, instruction_set, threads, drain_requested) VALUES ('x', 1, 'x', 'x', 1, true)",
            "INSERT INTO prediction_rows VALUES (1, 2, 0, 1, 1, 1, 1, 1, 1, '{0,1,1,0}', '{1,1}')",
            "INSERT INTO prediction_rows SELECT run_id, 0, 0, shard, 1, 1, 1, 1, 1, '{0,1,1,0}', '{1,1}' FROM shards WHERE state = 'running'",
            "INSERT INTO image_failures (run_id, ordinal, shard, code, message) VALUES (1, 3, 1, 'x', 'x')",
            "INSERT INTO shard_activity VALUES (1, 3, 1, '{1}')", "DELETE FROM checkpoint_chunks",
            // Rows of another shard's images, though a shard of its own is being stored.
            """
            BEGIN; UPDATE shards SET state = 'done', finished_at = now() WHERE state = 'running';
            INSERT INTO prediction_rows SELECT run_id, first_ordinal + image_count, 0, shard, 1, 1, 1, 1, 1, '{0,1,1,0}', '{1,1}' FROM shards WHERE shard = 0;
            COMMIT
            """,
            """
            BEGIN; UPDATE shards SET state = 'done', finished_at = now() WHERE state = 'running';
            INSERT INTO prediction_rows VALUES (1, 2, 0, 1, 1, 1, 1, 1, 1, '{0,1,1,0}', '{1,1}'); COMMIT
            """,
        ]

    private static let coordinator =
        everybody + [
            "UPDATE shards SET state = 'pending', finished_at = NULL, lease_token = NULL, lease_expires_at = NULL WHERE state = 'done'",
            "INSERT INTO prediction_rows VALUES (1, 2, 0, 1, 1, 1, 1, 1, 1, '{0,1,1,0}', '{1,1}')",
            "INSERT INTO shard_activity VALUES (1, 3, 1, '{1}')",
            "INSERT INTO label_sets (dataset_id, name, sha256) VALUES (1, 'x', 'x')", "UPDATE runs SET model_id = 1",
            "BEGIN; LOCK TABLE reports",
            "UPDATE runs SET started_at = NULL",
        ]

    private static let reader =
        everybody + [
            "SELECT FROM runs FOR UPDATE", "SELECT FROM runs FOR KEY SHARE", "SELECT FROM shards FOR SHARE",
            "SELECT FROM leadership FOR SHARE",
            "SELECT data FROM checkpoint_chunks", "UPDATE leadership SET expires_at = 'infinity'",
            "BEGIN; LOCK TABLE workers IN ROW EXCLUSIVE MODE",
            "INSERT INTO workers (host, process_id, version, instruction_set, threads) VALUES ('x', 1, 'x', 'x', 1)",
            "UPDATE shards SET state = 'done'", "UPDATE runs SET state = 'cancelled'", "INSERT INTO reports VALUES (1, '{}')",
        ]

    @Test(arguments: ["evalctl_worker", "evalctl_coordinator", "evalctl_reader"])
    func `a role is refused what is not its work, and nothing changes`(role: String) throws {
        let attempts = ["evalctl_worker": Self.worker, "evalctl_coordinator": Self.coordinator, "evalctl_reader": Self.reader][role] ?? []
        #expect(attempts.count > 60)
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 12, size: 2, maxAttempts: 1)
            #expect(run == RunID(1))
            let worker = try fixture.worker()
            let leases = try (0..<3).map { _ in try #require(try fixture.claimNext(of: run, worker: worker)) }
            try fixture.store.queue.store(StoreFixture.result(for: leases[1], failing: [2]), lease: leases[1], worker: worker)
            try fixture.store.queue.store(StoreFixture.result(for: leases[2]), lease: leases[2], worker: worker)
            let dead = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.store.queue.fail(dead, AttemptFailure(.permanent, code: "c", message: "m"), worker: worker)
            _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            _ = try fixture.publish(run, limit: 1)
            let observer = try PostgresConnection(fixture.address)
            func everything() throws -> [String] {
                try ["runs", "shards", "prediction_rows", "shard_activity", "image_failures", "workers", "models", "images", "leadership"]
                    .map {
                        try observer.execute("SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') AS rows FROM \($0) t").single()
                            .text("rows")
                    }
            }
            let before = try everything()
            for attempt in attempts {
                let connection = try PostgresConnection(fixture.address)
                try connection.executeScript("SET ROLE \(role)")
                let failure = #expect(throws: Failure.self, "\(attempt)") { try connection.executeScript(attempt) }
                // Not allowed, or refused because it is final.
                #expect(["42501", "23514"].contains(failure?.nativeCode), "\(attempt): \(failure.map { "\($0)" } ?? "")")
            }
            #expect(try everything() == before)
        }
    }

    @Test func `a coordinator removes what is old, and nothing else`() throws {
        try StoreFixture.withStore { fixture in
            _ = try fixture.submit()
            let worker = try fixture.worker()
            let owner = try PostgresConnection(fixture.address)
            try owner.executeScript(
                """
                INSERT INTO image_doubts (dataset_id, ordinal, worker_id, code, message, seen_at)
                SELECT dataset_id, ordinal, \(worker), 'x', 'x', now() - ordinal * interval '2 days' FROM images WHERE ordinal < 2;
                INSERT INTO message_failures (source, messages, message, worker_id, seen_at)
                SELECT 'jobs ' || n, 1, 'x', \(worker), now() - (n % 1200 = 0)::int * interval '31 days' FROM generate_series(0, 1499) AS n;
                """)
            let connection = try PostgresConnection(fixture.address)
            try connection.executeScript("SET ROLE evalctl_coordinator")
            for removal in [
                "remove_coordinator(0)", "remove_old_workers(7)", "remove_unnamed_checkpoints()", "remove_old_message_failures()",
                "remove_old_doubts()",
            ] { try connection.execute("SELECT \(removal)") }
            #expect(try owner.execute("SELECT sum(ordinal)::bigint AS sum FROM image_doubts").single().int("sum") == 0)
            #expect(try owner.execute("SELECT count(*) AS rows FROM image_doubts").single().int("rows") == 1)
            // Of 1,500 the newest thousand, less one of them that is a month old.
            let kept = try owner.execute("SELECT count(*) AS rows, min(message_failure_id) AS first FROM message_failures").single()
            #expect(try kept.int("rows") == 999)
            #expect(try kept.int("first") == 501)
        }
    }

    @Test(arguments: ["/etc/passwd", "../secret", "a/../../b", "..", "a/..", ""])
    func `a manifest names no file outside its root`(path: String) throws {
        try StoreFixture.withStore { fixture in
            let failure = #expect(throws: Failure.self) {
                try fixture.store.catalogue.addDataSet(
                    StoredDataSet(
                        name: "x", root: "/images", labels: "folders", images: 1, classes: 1,
                        manifestSHA256: String(repeating: "0f", count: 32)),
                    classNames: ["a"],
                    images: [StoredImage(ordinal: 0, path: path, label: 0, bytes: 1, sha256: [UInt8](repeating: 2, count: 32))])
            }
            #expect(failure?.nativeCode == "23514")
        }
    }

    @Test(arguments: [
        "UPDATE runs SET state = 'finished'", "UPDATE runs SET finished_at = now()", "UPDATE shards SET state = 'done'",
        "UPDATE shards SET state = 'running'", "UPDATE shards SET lease_token = gen_random_uuid() WHERE state = 'pending'",
        "UPDATE shards SET backup_token = gen_random_uuid()", "UPDATE shards SET finished_at = now()",
    ])
    func `a state does not stand without what belongs to it, nor that without the state`(change: String) throws {
        try StoreFixture.withStore { fixture in
            _ = try fixture.submit()
            let failure = #expect(throws: Failure.self) { try PostgresConnection(fixture.address).executeScript(change) }
            #expect(failure?.code == .databaseCheckViolation)
        }
    }
}
