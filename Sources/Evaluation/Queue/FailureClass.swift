package import Diagnostics

/// What a failed attempt says about the next one.
package enum FailureClass: String, Sendable, Hashable, CaseIterable, Codable {
    /// Something around the shard was missing: a database, a broker, a data set's folder on one machine. Says nothing about the shard.
    case transient
    /// The shard's own input is bad; another worker will most likely find the same.
    case permanent
    /// Nobody knows: the worker crashed, hung or vanished, perhaps because of an image, perhaps not.
    case unknown

    /// The class of what a worker caught; see ``FailureBlame``.
    package init(of error: any Error) {
        switch (error as? Failure).flatMap({ FailureBlame(of: $0.code) }) {
        case .shard: self = .permanent
        case .worker, .surroundings: self = .transient
        case .elsewhere, nil: self = .unknown
        }
    }
}

/// Whose fault a failure is that a worker meets while it has a shard.
package enum FailureBlame: String, Sendable, Hashable, CaseIterable {
    /// The shard's: its image, its checkpoint, or an engine that cannot run the network. Only this counts against it.
    case shard
    /// This worker's: its cache, mount, memory or version. Another worker may well do without.
    case worker
    /// The database's or the broker's, which all share.
    case surroundings
    /// Nobody's: workers do not meet it.
    case elsewhere

    /// Nil for a code that nobody has classed. Those of the database are taken for its own.
    package init?(of code: Failure.Code) {
        if let blame = Self.byCode[code.rawValue] {
            self = blame
        } else if code.rawValue.hasPrefix("database.") {
            self = .surroundings
        } else {
            return nil
        }
    }

    /// Whether a code stands in the table; one that does not is worth an alarm.
    package static func isKnown(_ code: Failure.Code) -> Bool { byCode[code.rawValue] != nil }

    /// Every code of the modules that a worker is made of.
    package static let byCode: [String: FailureBlame] = {
        let table: [(FailureBlame, [String])] = [
            (
                .shard,
                [
                    "checkpoint.forbidden-global", "checkpoint.invalid-value", "checkpoint.malformed", "checkpoint.mismatch",
                    "checkpoint.truncated", "checkpoint.unrecognized", "checkpoint.unsupported", "engine.unfit-input",
                    "engine.unfit-weights", "engine.unknown", "image.corrupt", "image.fileTooLarge", "image.format", "image.pixelLimit",
                    "image.reference", "image.shape", "image.truncated", "network.invalid", "network.invalid-description",
                    "network.invalid-options", "network.unrecognised", "parameters.unusable", "preprocess.imageSize",
                    "preprocess.normalization", "preprocess.pixelLimit", "preprocess.recipe",
                ]
            ),
            (
                .worker,
                [
                    "checkpoint.unreadable", "dataset.root_empty", "dataset.root_missing", "dataset.root_unhealthy",
                    "engine.memory", "engine.unknown-kernels", "image.changed", "image.memory", "image.notRegularFile", "image.unreadable",
                    "run.preprocessing", "source.address", "source.credentials", "source.forbidden", "source.unreachable",
                    "source.unsuitable", "worker.cache", "worker.checkpoint",
                ]
            ),
            (
                .surroundings,
                [
                    "database.authentication", "database.cancelled", "database.check_violation", "database.commit_unknown",
                    "database.connection_lost", "database.constraint_violation", "database.deadlock", "database.disk_full",
                    "database.duplicate_object", "database.error", "database.foreign_key_violation", "database.insufficient_privilege",
                    "database.invalid_address", "database.invalid_value", "database.lock_not_available", "database.nested_transaction",
                    "database.not_null_violation", "database.object_in_use", "database.out_of_resources", "database.pool_exhausted",
                    "database.raised", "database.read_only", "database.serialization", "database.shutdown", "database.syntax",
                    "database.timeout", "database.too_many_connections", "database.transaction_aborted", "database.undefined_column",
                    "database.undefined_database", "database.undefined_function", "database.undefined_table",
                    "database.unexpected_result", "database.unique_violation", "database.unreachable", "kafka.authentication",
                    "kafka.authorization", "kafka.closed", "kafka.delivery", "kafka.fatal", "kafka.group", "kafka.message_too_large",
                    "kafka.property", "kafka.topic", "kafka.unreachable", "message.undecodable", "store.conflict", "store.lease_lost",
                    "store.not_found",
                ]
            ),
            (
                .elsewhere,
                [
                    "archive.damaged", "archive.format", "archive.samples", "archive.sparse", "archive.truncated",
                    "checkpoint.unwritable", "cluster.busy", "cluster.directory", "cluster.no_account", "cluster.programs_missing",
                    "cluster.start_failed", "cluster.stop_failed", "cluster.version_mismatch", "compare.different_images",
                    "compare.no_common_images",
                    "dataset.empty", "dataset.files", "dataset.folder", "dataset.groundTruthNumbers",
                    "dataset.labelList", "dataset.labels", "dataset.linkLoop", "dataset.synsets_missing", "energy.unknown_costs",
                    "image.encoding", "log.level",
                    "migration.database_newer", "migration.divergent", "migration.failed", "migration.left_transaction",
                    "migration.missing", "migration.out_of_order", "migration.pending", "network.probe", "run.state", "store.in_use",
                    "verify.failed", "worker.state",
                ]
            ),
        ]
        return Dictionary(uniqueKeysWithValues: table.flatMap { blame, codes in codes.map { ($0, blame) } })
    }()
}
