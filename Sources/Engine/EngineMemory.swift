package import Diagnostics
package import Networks

extension Failure.Code {
    /// The work would take more memory than there is for it.
    package static let engineMemory = Failure.Code("engine.memory")
}

/// What threads that evaluate take of the machine's memory, in bytes.
package struct EngineMemory: Sendable, Hashable {
    /// Weights, once for all threads.
    package var shared: Int
    /// What each thread works in.
    package var perThread: Int

    package init(shared: Int, perThread: Int) {
        self.shared = shared
        self.perThread = perThread
    }

    package func total(threads: Int) -> Int {
        let (all, overflow) = perThread.multipliedReportingOverflow(by: threads)
        return overflow ? .max : all.addingReportingOverflow(shared).overflow ? .max : all + shared
    }

    /// What the float engine takes, which holds each value in eight bytes; the others take less, but for networks of few channels. Needs no weights.
    package init(ofFloatValues network: Network, timeSteps: Int) {
        let plan = MemoryPlan(network, reads: network.graph.nodes.map(\.inputs), images: 1, steps: timeSteps)
        let parameters = network.graph.parameterSpecifications.reduce(0) { $0 + $1.shape.reduce(1, *) }
        self.init(shared: 8 * parameters, perThread: plan.bytes)
    }

    /// - Throws: `engine.memory` where so many threads would take more than `limit` bytes.
    package func require(threads: Int, timeSteps: Int, limit: Int) throws(Failure) {
        let needed = total(threads: threads)
        guard needed > limit else { return }
        throw Failure(
            .engineMemory,
            "\(timeSteps) time steps take \(Self.text(needed)) for \(threads == 1 ? "one thread" : "\(threads) threads"), and there are \(Self.text(limit))",
            remedy: threads > 1
                ? "take fewer --threads or time steps, or raise --memory-limit" : "take fewer time steps, or raise --memory-limit")
    }

    /// Bytes for people: `5.4 GB`.
    package static func text(_ bytes: Int) -> String {
        let megabytes = bytes / 1_000_000
        return megabytes < 1000 ? "\(max(1, megabytes)) MB" : "\(megabytes / 1000).\(megabytes % 1000 / 100) GB"
    }
}

extension MemoryPlan {
    /// Bytes of all buffers.
    var bytes: Int { 8 * (realSizes.reduce(0, +) + wordSizes.reduce(0, +)) }
}

extension InferenceEngine {
    /// Bytes of the spikes that a trace keeps of an image.
    func tracedBytes(timeSteps: Int, isTracing: Bool) -> Int {
        isTracing ? network.activity.groups.reduce(0) { $0 + $1.neurons } * timeSteps : 0
    }
}
