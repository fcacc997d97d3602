internal import ArgumentParser
internal import EvaluationStore
internal import Postgres

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the database's tables and views up to date.")

    @OptionGroup var databaseOptions: DatabaseOptions

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false

    @Flag(help: "Change nothing; end with 0 where the schema is this version's, with 1 where it is not.")
    var check = false

    func validate() throws {
        if check, dryRun { throw ValidationError("--check and --dry-run are two questions; ask one of them") }
    }

    func run() throws {
        try ProgramExit.reporting {
            let cluster = EmbeddedCluster(directory: databaseOptions.dataDirectory + "/postgres")
            let given = try databaseOptions.givenAddress()
            let address = try given ?? cluster.start()
            defer { if given == nil { _ = try? cluster.stop() } }
            var options = ConnectionOptions(applicationName: "evalctl")
            // A migration may rewrite or index all rows there are.
            options.statementTimeout = nil
            let connection = try PostgresConnection(address, options: options)
            defer { connection.close() }
            let runner = MigrationRunner()
            if check { return try runner.check(connection) }
            let pending = try runner.plan(connection).pending
            let done = dryRun ? pending : try runner.migrate(connection, progress: { note($0) })
            for migration in done { output("\(dryRun ? "would apply" : "applied") \(migration.fileName)\n") }
            if done.isEmpty, let newest = runner.migrations.last { output("nothing to do: the schema is that of \(newest.fileName)\n") }
        }
    }
}
