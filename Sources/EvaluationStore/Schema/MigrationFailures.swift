package import Diagnostics

extension Failure.Code {
    /// An applied migration has another text or name than the program's.
    package static let migrationDivergent = Self("migration.divergent")
    /// An applied migration is unknown to the program, though later ones are known.
    package static let migrationMissing = Self("migration.missing")
    /// The database was migrated by a newer program.
    package static let migrationDatabaseNewer = Self("migration.database_newer")
    /// A migration was never applied, though later ones were.
    package static let migrationOutOfOrder = Self("migration.out_of_order")
    /// The database lacks migrations that the program needs.
    package static let migrationPending = Self("migration.pending")
    /// A migration's SQL failed; the cause says why. Nothing of it was kept.
    package static let migrationFailed = Self("migration.failed")
    /// A migration ended the transaction it runs in.
    package static let migrationLeftTransaction = Self("migration.left_transaction")
}
