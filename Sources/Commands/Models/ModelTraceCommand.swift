internal import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import Engine
internal import NetworkFamilies
internal import Networks

struct ModelTraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Runs a network on normalised inputs and writes its logits and every spike, for comparing with PyTorch.",
        discussion: """
            The input file holds `input` [B, 3, S, S] in float32. The output file holds `logits` [T, B, classes] and, as uint8, \
            `spikes/<module path>` [T, B, ...] in PyTorch's own axis order.
            """)

    @Argument(help: "A .pth or .safetensors file.")
    var model: String

    @Option(help: "The .safetensors file to read.")
    var input: String

    @Option(help: "The .safetensors file to write.")
    var output: String

    @Option(
        name: [.customLong("timesteps")],
        help: "Time steps. Default: what the checkpoint says, else as the network's family was published, else 4.")
    var timeSteps: Int?

    @OptionGroup var checkpointOptions: CheckpointOptions

    @OptionGroup var engine: EngineOptions

    @OptionGroup var memory: MemoryOptions

    func run() throws {
        try ProgramExit.reporting {
            let input = try SafetensorsFile(path: input).tensor("input")
            let checkpoint = try checkpointOptions.load(model, inputSize: input.shape.last)
            let steps = timeSteps ?? checkpoint.timeSteps
            let network = try Engines.make(engine.name, parameters: checkpoint.parameters)
            // The spikes of every image are kept, and written once more.
            try network.checkTimeSteps(steps)
            var needed = network.memory(timeSteps: steps, isTracing: true)
            needed.shared += 2 * (input.shape.first ?? 0) * network.network.activity.tracedBytes(steps: steps)
            try needed.require(threads: 1, timeSteps: steps, limit: memory.limit)
            let trace = try network.trace(input: input, timeSteps: steps)
            var writer = SafetensorsWriter()
            writer.metadata = ["T": "\(steps)", "model_sha256": checkpoint.sha256, "engine": network.name]
            writer.add("logits", trace.logits)
            for spikes in trace.spikes { writer.add("spikes/\(spikes.name)", shape: spikes.shape, bytes: spikes.values) }
            try writer.write(to: output)
        }
    }
}
