internal import ArgumentParser
internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import Reports

struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Lists and drains workers.", subcommands: [List.self, Drain.self])

    struct List: StoreCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the workers of the last day: what they are and what they do.",
            discussion: "A worker that has not reported for \(Int(ShardQueue.workerTimeout)) seconds is shown as gone.")

        @Flag(help: "Also workers that ended, or were heard of last, more than a day ago.")
        var all = false

        @Option(help: "table, json or markdown.")
        var format = OutputFormat.table

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            output(try WorkerTable.rendered(store.queue.workers(all: all), as: format))
        }
    }

    struct Drain: StoreCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a worker finish what it has within its drain time, hand back the rest, and end.")

        @Argument(help: "The worker's number, as `evalctl worker list` shows it.")
        var worker: Int64

        @Flag(help: "Come back only when the worker has ended.")
        var wait = false

        @OptionGroup var databaseOptions: DatabaseOptions

        func run(_ store: EvaluationStore) throws {
            try store.queue.requestDrain(of: worker)
            note("worker \(worker) is asked to drain")
            while wait, try store.queue.workers().contains(where: { $0.id == worker && [.running, .draining].contains($0.state) }) {
                usleep(200_000)
            }
        }
    }
}

/// Workers as a list.
enum WorkerTable {
    static func rendered(_ workers: [WorkerStatus], as format: OutputFormat) throws -> String {
        let table = TextTable(
            [
                .init("worker", .right), .init("host"), .init("process", .right), .init("version"), .init("instruction set"),
                .init("kernels"), .init("threads", .right), .init("state"), .init("shards"), .init("images/s", .right),
                .init("last heartbeat"), .init("problem"),
            ],
            rows: workers.map { worker in
                let shards = worker.shards.prefix(3).joined(separator: " ") + (worker.shards.count > 3 ? " …" : "")
                return [
                    "\(worker.id)", worker.host, "\(worker.processID)", worker.version, worker.instructionSet, worker.kernels ?? "-",
                    "\(worker.threads)", worker.state.rawValue, shards.isEmpty ? "-" : shards,
                    NumberText.fixed(worker.imagesPerSecond, 1), worker.lastHeartbeatAt, worker.problem ?? "-",
                ]
            })
        return try table.rendered(as: format, json: workers)
    }
}
