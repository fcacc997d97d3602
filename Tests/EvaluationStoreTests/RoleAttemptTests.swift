import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

/// Every role tries every verb on every table.
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
