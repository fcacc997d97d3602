import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// Every role tries every verb on every table, and what roles try who want to be another one.
@Suite(.requiresPostgres) struct RoleAttemptTests {
    /// What each role may do beside reading: `verb table`, with the column where it may change that one alone.
    private static let allowed: [String: Set<String>] = [
        "evalctl_reader": [],
        "evalctl_worker": [
            "INSERT declines", "INSERT image_doubts", "INSERT image_failures", "INSERT message_failures", "INSERT prediction_rows",
            "INSERT shard_activity", "INSERT shard_attempts", "UPDATE runs.started_at",
        ],
        "evalctl_coordinator": [
            "INSERT coordinators", "INSERT image_failures", "INSERT reports", "INSERT run_figures", "INSERT shard_attempts",
            "UPDATE runs.state", "UPDATE runs.finished_at", "UPDATE runs.next_shard", "UPDATE workers.state",
            "UPDATE coordinators.last_heartbeat_at", "UPDATE reports.report", "UPDATE reports.created_at",
            "UPDATE leadership.coordinator_id",
            "UPDATE leadership.term", "UPDATE leadership.expires_at",
        ],
    ]

    /// Tables whose columns are changed by several statements, and are asked for below.
    private static let changing: [String: Set<String>] = [
        "evalctl_worker": ["shards", "workers", "declines", "image_doubts", "shard_attempts"], "evalctl_coordinator": ["shards"],
    ]

    private static let never: [String: [String]] = [
        "evalctl_worker": [
            "shards.run_id", "shards.shard", "shards.first_ordinal", "shards.image_count", "shards.split_from", "shards.images_redone",
            "shards.publications", "shards.kafka_partition", "workers.worker_id", "workers.drain_requested", "workers.host",
            "workers.process_id", "shard_attempts.run_id", "shard_attempts.shard", "shard_attempts.attempt",
        ],
        "evalctl_coordinator": [
            "shards.run_id", "shards.shard", "shards.first_ordinal", "shards.image_count", "shards.split_from", "shards.images_redone",
            "shards.images_evaluated", "shards.top1_correct",
        ],
    ]

    @Test(arguments: ["evalctl_reader", "evalctl_worker", "evalctl_coordinator"])
    func `a role does with each table what its work needs, and no more`(role: String) throws {
        try StoreFixture.withStore { fixture in
            let owner = try PostgresConnection(fixture.address)
            let tables = try owner.execute(
                """
                SELECT c.oid::regclass::text AS name, coalesce((SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute
                    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'), '') AS columns
                FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace IN ('public'::regnamespace, 'partitions'::regnamespace) ORDER BY 1
                """
            ).map { (try $0.text("name"), try $0.text("columns").split(separator: ",").map(String.init)) }
            #expect(tables.count > 30)
            let connection = try PostgresConnection(fixture.address)
            try connection.executeScript("SET ROLE \(role)")
            var attempts = 0
            func refused(_ statement: String) throws {
                attempts += 1
                let failure = #expect(throws: Failure.self, "\(statement)") { try connection.executeScript("BEGIN; \(statement)") }
                #expect(failure?.nativeCode == "42501", "\(statement): \(failure.map { "\($0)" } ?? "")")
                try connection.executeScript("ROLLBACK")
            }
            for (table, columns) in tables {
                func isAllowed(_ what: String) -> Bool { Self.allowed[role]?.contains(what) == true }
                let isChanging = Self.changing[role]?.contains(table) == true
                if !isAllowed("INSERT \(table)"), !isChanging { try refused("INSERT INTO \(table) DEFAULT VALUES") }
                let mayDelete = isAllowed("DELETE \(table)")
                if !mayDelete { try refused("DELETE FROM \(table)") }
                for column in columns where !isAllowed("UPDATE \(table).\(column)") {
                    guard !isChanging || Self.never[role]?.contains("\(table).\(column)") == true else { continue }
                    try refused("UPDATE \(table) SET \(column) = \(column)")
                }
                try refused("TRUNCATE \(table) CASCADE")
                try refused("ALTER TABLE \(table) ADD COLUMN mine int")
                try refused("CREATE INDEX ON \(table) ((1))")
                try refused("CREATE TRIGGER mine AFTER INSERT ON \(table) EXECUTE FUNCTION suppress_redundant_updates_trigger()")
                try refused("CREATE RULE mine AS ON INSERT TO \(table) DO ALSO NOTHING")
                try refused("DROP TABLE \(table) CASCADE")
                try refused("COMMENT ON TABLE \(table) IS 'mine'")
                if table.hasPrefix("partitions.") { try refused("SELECT FROM \(table)") }
                for mode in ["SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"] where !mayDelete {
                    try refused("LOCK TABLE \(table) IN \(mode) MODE NOWAIT")
                }
            }
            #expect(attempts > 400)
        }
    }

    private static let climbing = [
        "SET ROLE evalctl_owner", "SET ROLE evalctl", "SET SESSION AUTHORIZATION evalctl", "GRANT evalctl_owner TO CURRENT_USER",
        "ALTER ROLE CURRENT_USER SUPERUSER", "CREATE ROLE mine", "CREATE DATABASE mine", "CREATE SCHEMA mine", "CREATE TABLE mine ()",
        "CREATE TABLE partitions.mine PARTITION OF prediction_rows FOR VALUES WITH (MODULUS 8, REMAINDER 0)",
        "CREATE TEMP TABLE shards (state text)",
        "CREATE TEMP VIEW runs AS SELECT 1", "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION pg_temp.may_steer() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE c AS 'x', 'x'",
        "CREATE TYPE mine AS (a int)", "CREATE LANGUAGE mine HANDLER x",
        "CREATE EXTENSION file_fdw", "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION x()",
        "CREATE PUBLICATION mine FOR ALL TABLES",
        "COPY (SELECT 1) TO PROGRAM 'true'", "COPY shard_attempts FROM PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/evalctl-mine'", "COPY shard_attempts FROM '/etc/passwd'", "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/evalctl-mine')", "ALTER SYSTEM SET fsync = off",
        "SELECT pg_reload_conf()",
        "SELECT pg_rotate_logfile()", "SELECT pg_switch_wal()", "SET session_replication_role = replica", "SET lc_messages = 'C'",
        "LOAD 'auto_explain'",
        "ALTER TABLE shards DISABLE TRIGGER ALL", "ALTER FUNCTION may_steer() OWNER TO CURRENT_USER", "DROP FUNCTION may_steer()",
        "SELECT guard_shard()", "REINDEX TABLE runs", "REFRESH MATERIALIZED VIEW runs",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'evalctl' AND pid <> pg_backend_pid() LIMIT 1",
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'evalctl' AND pid <> pg_backend_pid() LIMIT 1",
        "SELECT nextval('runs_run_id_seq')", "SELECT setval('runs_run_id_seq', 1)", "SELECT passwd FROM pg_shadow",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_stat_reset()", "DO LANGUAGE plpgsql $$ BEGIN EXECUTE 'UPDATE models SET name = name'; END $$",
    ]

    /// By an account that logs in with the role alone: one that changes to it could change back.
    @Test(arguments: ["evalctl_reader", "evalctl_worker", "evalctl_coordinator"])
    func `nobody becomes another role, reaches the server's files, or makes anything`(role: String) throws {
        try StoreFixture.withStore { fixture in
            let owner = try PostgresConnection(fixture.address)
            let account = "\(role)_\(try #require(fixture.address.database))"
            try owner.executeScript("CREATE ROLE \(account) LOGIN IN ROLE \(role)")
            defer { try? owner.executeScript("DROP ROLE \(account)") }
            try TestServer.letIn(account, at: fixture.address)
            // Until the server has read its map anew.
            var session: PostgresConnection?
            for _ in 0..<2000 where session == nil { session = try? PostgresConnection(fixture.address.with("user", account)) }
            let connection = try #require(session)
            for attempt in Self.climbing {
                let failure = #expect(throws: Failure.self, "\(attempt)") { try connection.executeScript(attempt) }
                #expect(failure?.nativeCode == "42501", "\(attempt): \(failure.map { "\($0)" } ?? "")")
            }
            connection.close()
        }
    }

    @Test func `a temporary table that is named like one of the schema deceives no guard`() throws {
        try StoreFixture.withStore { fixture in
            _ = try fixture.submit()
            let owner = try PostgresConnection(fixture.address)
            // As where the database's owner allows temporary tables again.
            try owner.executeScript(
                "GRANT TEMPORARY ON DATABASE \(PostgresConnection.quoted(try #require(fixture.address.database))) TO evalctl_worker")
            let connection = try PostgresConnection(fixture.address)
            try connection.executeScript("SET ROLE evalctl_worker")
            let failure = #expect(throws: Failure.self) {
                try connection.executeScript(
                    """
                    BEGIN;
                    CREATE TEMP TABLE shards AS SELECT 1::bigint AS run_id, 0 AS shard, 'done'::text AS state, 0 AS first_ordinal, 99 AS image_count;
                    SET LOCAL search_path = pg_temp, public;
                    INSERT INTO shard_activity VALUES (1, 0, 1, '{1}');
                    COMMIT
                    """)
            }
            #expect(failure?.nativeCode == "42501" && failure?.message.contains("is not being stored") == true)
        }
    }
}
