import Diagnostics

/// A migration as the table `schema_migrations` records it.
package struct AppliedMigration: Sendable, Hashable {
    package let version: Int
    package let name: String
    package let checksum: String

    package init(version: Int, name: String, checksum: String) {
        self.version = version
        self.name = name
        self.checksum = checksum
    }
}

/// What a database has and what it lacks.
package struct MigrationPlan: Sendable {
    package let applied: [AppliedMigration]
    /// To be applied, in order.
    package let pending: [Migration]

    /// Compares what the program knows with what the database records.
    ///
    /// - Throws: `migration.database_newer`, `migration.missing`, `migration.divergent`, `migration.out_of_order`.
    package init(known: [Migration], applied: [AppliedMigration]) throws {
        let known = known.sorted { $0.version < $1.version }
        let applied = applied.sorted { $0.version < $1.version }
        for (first, second) in zip(known, known.dropFirst()) {
            precondition(first.version < second.version, "two migrations have version \(first.version)")
        }
        let newestKnown = known.last?.version ?? 0
        let newestApplied = applied.last?.version ?? 0
        if newestApplied > newestKnown {
            throw Failure(
                .migrationDatabaseNewer, "The database has schema version \(newestApplied), this program knows up to \(newestKnown)",
                remedy: "use the program version that migrated the database, or a newer one")
        }
        for step in applied {
            guard let own = known.first(where: { $0.version == step.version }) else {
                throw Failure(
                    .migrationMissing, "The database has migration \(step.version) '\(step.name)', which this program does not have",
                    remedy: "use the program version that applied it")
            }
            guard own.checksum == step.checksum, own.name == step.name else {
                throw Failure(
                    .migrationDivergent, "Migration \(own.fileName) differs from what was applied to the database under its number",
                    remedy: "restore the file as it was applied and put the change into a new migration")
            }
        }
        let versions = Set(applied.map(\.version))
        pending = known.filter { !versions.contains($0.version) }
        if let left = pending.first, left.version < newestApplied {
            throw Failure(
                .migrationOutOfOrder, "Migration \(left.fileName) was not applied, though version \(newestApplied) was",
                remedy: "give it a number after \(newestApplied)")
        }
        self.applied = applied
    }
}
