package import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import Engine
internal import EvaluationStore
internal import Networks
internal import Worker

/// A number of bytes: `8G`, `512M`, `1000000`.
package struct ByteCount: ExpressibleByArgument {
    let bytes: Int

    package init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let unit = argument.uppercased().last.flatMap { units[$0] }
        guard let number = Int(unit == nil ? argument[...] : argument.dropLast()), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}

/// How much memory a command's threads may take.
package struct MemoryOptions: ParsableArguments {
    @Option(
        help:
            "Memory that the threads' work may take together, such as 8G; more is refused. Default: what the machine or its control group has."
    )
    package var memoryLimit: ByteCount?

    package init() {}

    /// Bytes.
    package var limit: Int { memoryLimit?.bytes ?? MachineMemory.bytes }

    /// Says what a run takes, before it is begun.
    /// - Throws: `engine.memory` where that is beyond the limit.
    func require(
        _ model: StoredModel, engine name: String, timeSteps: Int, threads: Int, store: EvaluationStore, cacheDirectory: String
    ) throws {
        let parameters = try CheckpointCache(directory: cacheDirectory).checkpoint(of: model, store: store).parameters
        let engine = try Engines.make(name, parameters: parameters)
        try engine.checkTimeSteps(timeSteps)
        let memory = engine.memory(timeSteps: timeSteps, isTracing: false)
        note("memory: \(EngineMemory.text(memory.total(threads: threads))) of \(EngineMemory.text(limit))")
        try memory.require(threads: threads, timeSteps: timeSteps, limit: limit)
    }
}
