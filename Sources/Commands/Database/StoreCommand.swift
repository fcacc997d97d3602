internal import ArgumentParser
internal import EvaluationStore

/// A command whose whole work is on the database.
protocol StoreCommand: ParsableCommand {
    var databaseOptions: DatabaseOptions { get }

    /// What is checked before the database is opened; nothing by default.
    func check() throws

    /// - Parameter store: the database, open until this returns.
    func run(_ store: EvaluationStore) throws
}

extension StoreCommand {
    func check() throws {}

    func run() throws {
        try ProgramExit.reporting {
            try check()
            try DatabaseAccess(options: databaseOptions).withStore { try run($0) }
        }
    }
}
