import Diagnostics
package import Postgres

/// Brings a database's schema up to date: forward only, one transaction per migration.
///
/// Each transaction locks the table that records migrations and looks again at what is to be done, so that several programs may migrate at
/// once, also behind a connection pool. A migration that has many rows to move leaves a function `continue_migration()` behind: it moves a
/// piece, says how far it is, and is gone after its last piece. It is called until then, each time in a transaction of its own.
package struct MigrationRunner: Sendable {
    package let migrations: [Migration]
    /// How long to wait for another process that is migrating.
    package var lockTimeout: Duration = .seconds(300)

    package init(migrations: [Migration] = Migration.embedded) {
        self.migrations = migrations
    }

    /// What would be done; changes nothing.
    package func plan(_ connection: PostgresConnection) throws -> MigrationPlan {
        try MigrationPlan(known: migrations, applied: applied(connection))
    }

    /// Applies what is pending. Safe to call from several processes at once, on a database that is up to date, and on one whose migration
    /// was interrupted.
    ///
    /// - Parameter progress: called for each piece of rows that was moved.
    /// - Returns: What was applied now.
    /// - Throws: What ``MigrationPlan/init(known:applied:)`` throws, before anything is changed; `migration.failed` with the cause and
    ///   `migration.left_transaction`, after which the migrations before it stay applied; `database.lock_not_available`.
    @discardableResult
    package func migrate(_ connection: PostgresConnection, progress: (String) -> Void = { _ in }) throws -> [Migration] {
        guard try !plan(connection).pending.isEmpty || isMoving(connection) else { return [] }
        try makeRecord(connection)
        var done: [Migration] = []
        while let step = try nextStep(connection) {
            switch step {
            case .applied(let migration): done.append(migration)
            case .moved(let piece): progress(piece)
            }
        }
        return done
    }

    private enum Step {
        case applied(Migration)
        case moved(String)
    }

    /// One transaction of the work; nil where nothing is left.
    private func nextStep(_ connection: PostgresConnection) throws -> Step? {
        try connection.transaction { connection in
            try connection.executeScript(
                """
                SET LOCAL lock_timeout = \(lockTimeout.components.seconds * 1000);
                LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE;
                SET LOCAL lock_timeout = \(connection.options.lockTimeout.components.seconds * 1000);
                SET LOCAL statement_timeout = 0
                """)
            if try isMoving(connection) { return .moved(try movePiece(connection)) }
            guard let migration = try plan(connection).pending.first else { return nil }
            try apply(migration, connection)
            return .applied(migration)
        }
    }

    private func isMoving(_ connection: PostgresConnection) throws -> Bool {
        try connection.execute("SELECT to_regprocedure('continue_migration()') IS NOT NULL AS here").single().bool("here")
    }

    private func movePiece(_ connection: PostgresConnection) throws -> String {
        do {
            return try connection.execute("SELECT continue_migration() AS piece").single().textIfPresent("piece") ?? "all rows are moved"
        } catch let failure as Failure {
            throw Failure(
                .migrationFailed, "A migration could not move its rows; what was moved before stays moved",
                remedy: "`evalctl migrate` goes on with it", recovery: failure.recovery, nativeCode: failure.nativeCode, cause: failure)
        }
    }

    /// Checks that the schema is the one this program was made for, as a daemon does at its start.
    /// - Throws: `migration.pending` besides what ``plan(_:)`` throws.
    package func check(_ connection: PostgresConnection) throws {
        let pending = try plan(connection).pending
        if let first = pending.first {
            throw Failure(
                .migrationPending, "The database lacks \(pending.count) migration(s), the first is \(first.fileName)",
                remedy: "run 'evalctl migrate'")
        }
        guard try !isMoving(connection) else {
            throw Failure(
                .migrationPending, "The database's rows are being moved by a migration", remedy: "run 'evalctl migrate' to its end")
        }
    }

    /// Makes the table that records migrations. Two programs may do so at once, and one of them fails at the name.
    private func makeRecord(_ connection: PostgresConnection) throws {
        do {
            try connection.executeScript(Self.recordTable)
        } catch let failure as Failure where ["23505", "42P07", "42710"].contains(failure.nativeCode) {}
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
        } catch let failure as Failure where failure.code != .migrationLeftTransaction {
            throw Failure(
                .migrationFailed, "Migration \(migration.fileName) failed and was rolled back",
                remedy: failure.code == .databaseInsufficientPrivilege
                    ? "let the owner of the database migrate it; the roles evalctl_owner, evalctl_worker, evalctl_coordinator and evalctl_reader "
                        + "have to be there before, as ops/database/roles.sql makes them, or the owner needs CREATEROLE" : nil,
                recovery: failure.recovery, nativeCode: failure.nativeCode, cause: failure)
        }
    }

    private func transactionNumber(_ connection: PostgresConnection) throws -> String {
        try connection.execute("SELECT pg_current_xact_id()::text AS number").single().text("number")
    }
}
