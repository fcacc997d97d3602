internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct DeadLetterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadletter", abstract: "Shows images that were given up, and tries them again or drops them.",
        subcommands: [List.self, Show.self, Retry.self, Drop.self])

    struct List: StoreCommand {
        static let configuration = CommandConfiguration(abstract: "Lists what was given up: shards, nearly always of one image.")

        @Argument(help: ArgumentHelp("The run's number; all runs without it.", valueName: "run"))
        var runID: RunID?

        @Option(help: "table, json or markdown.")
        var format = OutputFormat.table

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            let dead = try store.queue.deadShards(of: runID)
            let table = TextTable(
                [
                    .init("run", .right), .init("shard", .right), .init("images", .right), .init("file"), .init("code"),
                    .init("attempts", .right), .init("died"),
                ],
                rows: dead.map {
                    ["\($0.run)", "\($0.shard)", "\($0.images)", $0.path, $0.code, "\($0.attempts)", $0.diedAt]
                })
            output(try table.rendered(as: format, json: dead))
        }
    }

    struct Show: StoreCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows how every attempt of a dead shard ended, and of the shards that it was split from.")

        @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
        var runID: RunID

        @Argument(help: "The shard's number.")
        var shard: Int

        @Option(help: "table, json or markdown.")
        var format = OutputFormat.table

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            let history = try store.queue.history(of: shard, in: runID)
            let table = TextTable(
                [
                    .init("shard", .right), .init("images", .right), .init("attempt", .right), .init("worker"), .init("outcome"),
                    .init("class"), .init("code"), .init("ended"), .init("message"),
                ],
                rows: history.map {
                    [
                        "\($0.shard)", "\($0.images)", "\($0.attempt)",
                        $0.worker.map(String.init) ?? "-", $0.outcome, $0.failureClass, $0.code, $0.endedAt,
                        $0.message,
                    ]
                })
            output(try table.rendered(as: format, json: history))
        }
    }

    struct Retry: StoreCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries what was given up again, from the first attempt; the run goes on.")

        @OptionGroup var choice: DeadShardChoice

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            let images = try choice.changed { try store.queue.retryDead($0, shards: $1) }
            note("\(images.counted("image")) of run \(choice.runID) \(images.agreeing("is", "are")) tried again")
        }
    }

    struct Drop: StoreCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes what was given up off the list; its images stay failures of the run.")

        @OptionGroup var choice: DeadShardChoice

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            let count = try choice.changed { try store.queue.dropDead($0, shards: $1) }
            note("\(count.counted("dead shard")) of run \(choice.runID) \(count.agreeing("is", "are")) off the list")
        }
    }
}

/// Which dead shards a command works on.
struct DeadShardChoice: ParsableArguments {
    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Argument(help: ArgumentHelp("Numbers of shards; all that the list shows of the run without them.", valueName: "shard"))
    var shards: [Int] = []

    /// - Parameter change: takes a run and its shards, nil for all of them, and returns how much it changed.
    /// - Returns: what `change` did.
    /// - Throws: `store.not_found` where that is nothing.
    func changed(by change: (RunID, [Int]?) throws -> Int) throws -> Int {
        let count = try change(runID, shards.isEmpty ? nil : shards)
        guard count == 0 else { return count }
        let which = shards.isEmpty ? "no shard" : "none of the shards \(shards.map(String.init).joined(separator: ", "))"
        throw Failure(
            .notFound, "\(which) of run \(runID) was given up",
            remedy: "`evalctl deadletter list \(runID)` shows what was")
    }
}
