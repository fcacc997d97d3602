package import Diagnostics

extension Failure.Code {
    /// The address cannot be parsed.
    package static let databaseInvalidAddress = Self("database.invalid_address")
    /// No connection could be made: no server there, no route, too slow, or starting up.
    package static let databaseUnreachable = Self("database.unreachable")
    /// The server refused the user, the password or the certificate.
    package static let databaseAuthentication = Self("database.authentication")
    /// The named database does not exist.
    package static let databaseUndefinedDatabase = Self("database.undefined_database")
    /// The server has no free connection.
    package static let databaseTooManyConnections = Self("database.too_many_connections")
    /// An open connection broke; what it was doing did not commit.
    package static let databaseConnectionLost = Self("database.connection_lost")
    /// The connection broke between sending COMMIT and hearing its answer: it may or may not have happened.
    package static let databaseCommitUnknown = Self("database.commit_unknown")
    /// The server gave no answer for longer than the client waits.
    package static let databaseTimeout = Self("database.timeout")
    /// The statement was cancelled, or ran into `statement_timeout`.
    package static let databaseCancelled = Self("database.cancelled")
    /// The server is shutting down, or an administrator ended the session.
    package static let databaseShutdown = Self("database.shutdown")
    package static let databaseUniqueViolation = Self("database.unique_violation")
    package static let databaseForeignKeyViolation = Self("database.foreign_key_violation")
    package static let databaseNotNullViolation = Self("database.not_null_violation")
    package static let databaseCheckViolation = Self("database.check_violation")
    /// Another integrity constraint of class 23.
    package static let databaseConstraintViolation = Self("database.constraint_violation")
    package static let databaseSerialization = Self("database.serialization")
    package static let databaseDeadlock = Self("database.deadlock")
    package static let databaseLockNotAvailable = Self("database.lock_not_available")
    package static let databaseUndefinedTable = Self("database.undefined_table")
    package static let databaseUndefinedColumn = Self("database.undefined_column")
    package static let databaseUndefinedFunction = Self("database.undefined_function")
    package static let databaseDuplicateObject = Self("database.duplicate_object")
    package static let databaseSyntax = Self("database.syntax")
    package static let databaseInsufficientPrivilege = Self("database.insufficient_privilege")
    /// A value that the column or the function does not take (class 22), or that cannot be sent.
    package static let databaseInvalidValue = Self("database.invalid_value")
    package static let databaseReadOnly = Self("database.read_only")
    package static let databaseDiskFull = Self("database.disk_full")
    package static let databaseOutOfResources = Self("database.out_of_resources")
    package static let databaseObjectInUse = Self("database.object_in_use")
    /// A function of the database raised an exception of its own.
    package static let databaseRaised = Self("database.raised")
    /// The transaction had failed before and was rolled back instead of committed.
    package static let databaseTransactionAborted = Self("database.transaction_aborted")
    /// `transaction` was called inside `transaction`.
    package static let databaseNestedTransaction = Self("database.nested_transaction")
    /// A result's column is missing or has another type than was asked for.
    package static let databaseUnexpectedResult = Self("database.unexpected_result")
    /// No connection of the pool became free in time.
    package static let databasePoolExhausted = Self("database.pool_exhausted")
    /// Any other error that the server reports; its SQLSTATE is the native code.
    package static let databaseError = Self("database.error")
}

extension Failure.Code {
    /// PostgreSQL's server programs are not installed.
    package static let clusterProgramsMissing = Self("cluster.programs_missing")
    /// The data folder was made by a major version of PostgreSQL that is not installed.
    package static let clusterVersionMismatch = Self("cluster.version_mismatch")
    /// Run as root, and no other account can be used for the server, which refuses to run as root.
    package static let clusterNoAccount = Self("cluster.no_account")
    /// The folder cannot be made, read, or handed to the server.
    package static let clusterDirectory = Self("cluster.directory")
    /// Another process keeps the folder locked for too long.
    package static let clusterBusy = Self("cluster.busy")
    /// `initdb` or the server failed; the message holds the end of its log.
    package static let clusterStartFailed = Self("cluster.start_failed")
    /// The server did not end.
    package static let clusterStopFailed = Self("cluster.stop_failed")
}
