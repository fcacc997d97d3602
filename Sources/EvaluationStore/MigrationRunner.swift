import Diagnostics
package import Postgres

/// Brings a database's schema up to date: forward only, one transaction per migration, under an advisory lock.
package struct MigrationRunner: Sendable {
    package let migrations: [Migration]
    /// How long to wait for another process that is migrating.
    package var lockTimeout: Duration = .seconds(300)

    private static let lock = AdvisoryLock("evalctl.migrations")

    package init(migrations: [Migration] = Migration.embedded) {
        self.migrations = migrations
    }

    /// What would be done; changes nothing.
    package func plan(_ connection: PostgresConnection) throws -> MigrationPlan {
        try MigrationPlan(known: migrations, applied: applied(connection))
    }

    /// Applies what is pending. Safe to call from several processes at once and on a database that is up to date.
    ///
    /// - Returns: What was applied now.
    /// - Throws: What ``MigrationPlan/init(known:applied:)`` throws, before anything is changed; `migration.failed` with the cause and
    ///   `migration.left_transaction`, after which the migrations before it stay applied; `database.lock_not_available`.
    @discardableResult
    package func migrate(_ connection: PostgresConnection) throws -> [Migration] {
        try connection.withLock(Self.lock, timeout: lockTimeout) {
            let plan = try plan(connection)
            guard !plan.pending.isEmpty else { return [] }
            try connection.executeScript(Self.recordTable)
            for migration in plan.pending { try apply(migration, connection) }
            return plan.pending
        }
    }

    /// Checks that the schema is the one this program was made for, as a daemon does at its start.
    /// - Throws: `migration.pending` besides what ``plan(_:)`` throws.
    package func check(_ connection: PostgresConnection) throws {
        let pending = try plan(connection).pending
        guard let first = pending.first else { return }
        throw Failure(
            .migrationPending, "The database lacks \(pending.count) migration(s), the first is \(first.fileName)",
            remedy: "run 'evalctl migrate'")
    }

    private static let recordTable = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version     integer PRIMARY KEY CHECK (version > 0),
            name        text NOT NULL,
            checksum    text NOT NULL,
            applied_at  timestamptz NOT NULL DEFAULT now(),
            applied_by  text NOT NULL DEFAULT current_user
        )
        """

    private func applied(_ connection: PostgresConnection) throws -> [AppliedMigration] {
        let exists = try connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL AS here").single().bool("here")
        guard exists else { return [] }
        return try connection.execute("SELECT version, name, checksum FROM schema_migrations ORDER BY version").map { row in
            AppliedMigration(version: try row.int("version"), name: try row.text("name"), checksum: try row.text("checksum"))
        }
    }

    private func apply(_ migration: Migration, _ connection: PostgresConnection) throws {
        do {
            try connection.transaction { connection in
                // Building an index over many rows may take longer than a statement otherwise may.
                try connection.executeScript("SET LOCAL statement_timeout = 0")
                let before = try transactionNumber(connection)
                try connection.executeScript(migration.sql)
                guard try transactionNumber(connection) == before else {
                    throw Failure(
                        .migrationLeftTransaction, "Migration \(migration.fileName) ends the transaction that it runs in",
                        remedy: "take BEGIN, COMMIT and ROLLBACK out of the file; the part before them may have been applied")
                }
                try connection.execute(
                    "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                    [.int(migration.version), .text(migration.name), .text(migration.checksum)])
            }
        } catch let failure as Failure where failure.code != .migrationLeftTransaction {
            throw Failure(
                .migrationFailed, "Migration \(migration.fileName) failed and was rolled back", recovery: failure.recovery,
                nativeCode: failure.nativeCode, cause: failure)
        }
    }

    private func transactionNumber(_ connection: PostgresConnection) throws -> String {
        try connection.execute("SELECT pg_current_xact_id()::text AS number").single().text("number")
    }
}
