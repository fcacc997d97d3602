internal import ArgumentParser
internal import EvaluationStore
internal import Postgres

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the database's tables and views up to date.")

    @OptionGroup var databaseOptions: DatabaseOptions

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false

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
            if dryRun {
                for migration in try runner.plan(connection).pending { output("would apply \(migration.fileName)\n") }
            } else {
                for migration in try runner.migrate(connection, progress: { note($0) }) { output("applied \(migration.fileName)\n") }
            }
        }
    }
}
