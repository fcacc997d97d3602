internal import ArgumentParser
internal import Benchmarks
internal import Checkpoints
internal import Commands
internal import Diagnostics
internal import Engine
internal import ImageInput
internal import Networks
internal import Reports

struct BenchEngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Times an engine on images, against what this machine can add at most and against dense matrix products.",
        discussion: """
            In the same run it measures the rate of loading and adding 64-byte lines from the first cache, which bounds event-driven addition, \
            and single-precision matrix products of the network's own layer shapes, once a time step, through OpenBLAS where that is \
            installed, which a dense engine needs at least.
            """)

    @Option(help: "A .pth or .safetensors file.")
    var model: String

    @Option(help: "Folder of images, searched below as well; the first ones by name are used.")
    var images: String

    @OptionGroup var engine: EngineOptions

    @Option(help: "Threads, each with an image at a time.")
    var threads = 1

    @Option(name: .customLong("count"), help: "Images to use.")
    var count = 8

    @Option(help: "How often each thread goes through the images.")
    var rounds = 3

    @Option(name: [.customLong("timesteps")], help: "Time steps. Default: what the checkpoint says, else 4.")
    var timeSteps: Int?

    @OptionGroup var checkpointOptions: CheckpointOptions

    @Option(help: "An earlier measurement, as --format json wrote it, to set this one against.")
    var compareWith: String?

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    func validate() throws {
        try OptionLimit.check(threads: threads)
        guard (1...100_000).contains(count) else { throw ValidationError("--count takes 1 to 100000") }
        guard (1...100_000).contains(rounds) else { throw ValidationError("--rounds takes 1 to 100000") }
    }

    @OptionGroup var memory: MemoryOptions

    func run() throws {
        try ProgramExit.reporting {
            let (network, steps) = try EngineLoading.load(checkpointOptions.load(model), engine: engine.name, timeSteps: timeSteps)
            try network.checkTimeSteps(steps)
            try network.memory(timeSteps: steps, isTracing: false).require(threads: threads, timeSteps: steps, limit: memory.limit)
            let loader = try ImageLoader(Preprocessing(.default(imageSize: network.network.inputSize)))
            let pixels = try ImageSearch.files(below: images, limit: count).map { try loader.load(path: $0).pixels }
            let measurement = try EngineBenchmark(
                engine: network, timeSteps: steps, images: pixels, threads: threads, rounds: rounds
            ).run()
            guard let compareWith else {
                return output(format == .json ? try renderJSON(measurement) : rendered(table(measurement)))
            }
            let comparison = try MeasurementComparison(measurement, with: compareWith)
            output(
                format == .json
                    ? try renderJSON(comparison) : rendered(table(measurement)) + "\n" + rendered(table(comparison, compareWith)))
        }
    }

    private func rendered(_ table: TextTable) -> String { format == .markdown ? table.markdown() : table.plain() }

    private func table(_ comparison: MeasurementComparison, _ name: String) -> TextTable {
        TextTable(
            [.init("measure"), .init("now", .right), .init(name, .right), .init("now / \(name)", .right)],
            rows: comparison.rows.map { row in
                [
                    row.key, NumberText.significant(row.now), NumberText.significant(row.earlier),
                    row.ratio.map { NumberText.fixed($0, 3) } ?? "-",
                ]
            })
    }

    private func table(_ measurement: EngineMeasurement) -> TextTable {
        var table = TextTable([.init("measure"), .init("value", .right)])
        func row(_ title: String, _ value: String?) { table.rows.append([title, value ?? "-"]) }
        func number(_ value: Double?, _ digits: Int, _ unit: String = "") -> String? {
            value.map { "\(NumberText.fixed($0, digits))\(unit)" }
        }
        row("engine", "\(measurement.engine), kernels \(measurement.kernels)")
        row("threads", "\(measurement.threads)")
        row("images", "\(measurement.images)")
        row("per image", number(measurement.millisecondsPerImage, 2, " ms"))
        row("images per second", number(measurement.imagesPerSecond, 2))
        for (part, milliseconds) in measurement.partMilliseconds { row("  \(part.rawValue)", number(milliseconds, 2, " ms")) }
        row("outside the synaptic layers", number(measurement.otherShare.map { $0 * 100 }, 1, " %"))
        row("firing rate", number(measurement.firingRate, 4))
        row("rate of the spikes that layers read", number(measurement.readRate, 4))
        row("synaptic operations per image", number(measurement.operationsPerImage / 1e6, 1, " M"))
        row("synaptic operations per second", number(measurement.operationsPerSecond / 1e9, 2, " G"))
        row("  of the linear layers", number(measurement.linearOperationsPerSecond.map { $0 / 1e9 }, 2, " G"))
        row("bound: additions from the first cache", number(measurement.boundAdditionsPerSecond.map { $0 / 1e9 }, 2, " G per second"))
        row("share of the bound", number(measurement.boundShare.map { $0 * 100 }, 1, " %"))
        row("dense floor", number(measurement.denseMilliseconds, 1, " ms (\(measurement.denseLibrary ?? ""))"))
        row("dense floor / image", number(measurement.denseRatio, 2))
        if let onCurrents = measurement.denseCurrentsMilliseconds {
            row("dense floor of layers on currents", number(onCurrents, 1, " ms"))
        }
        row("workspace per thread", number(measurement.workspaceBytes.map { Double($0) / 1e6 }, 1, " MB"))
        row("weights", number(measurement.weightBytes.map { Double($0) / 1e6 }, 1, " MB"))
        return table
    }
}
