import Diagnostics
import Engine
import Foundation
import Networks
import SpikeKernels
import Testing

/// Fixed point on graphs that nobody thought of, beside the float engine.
@Suite struct RandomGraphTests {
    private static let timeSteps = 3

    enum Verdict {
        case equal
        case refused(String)
        /// Where the two part, in words, and the share of all spikes that do.
        case parted(String, share: Double)
    }

    static func verdict(seed: UInt64) throws -> Verdict {
        let network = try RandomGraph.network(seed: seed, timeSteps: timeSteps)
        let parameters = try EngineComparison.lively(network, seed: seed)
        let float = try EngineComparison.Outcome(
            FloatEngine(parameters), pixels: TestImage.pixels(size: network.inputSize, seed: seed), timeSteps: timeSteps)
        let engines: [FixedEngine]
        do {
            engines = try EngineComparison.engines(parameters, FixedPointFormat(precision: .fixed32))
        } catch let failure as Failure {
            return .refused(failure.message)
        }
        var first: EngineComparison.Outcome?
        for engine in engines {
            let fixed = try EngineComparison.Outcome(
                engine, pixels: TestImage.pixels(size: network.inputSize, seed: seed), timeSteps: timeSteps)
            if let first, let difference = fixed.difference(first, network) {
                return .parted("\(engine.kernels.name): \(difference)", share: 1)
            }
            first = first ?? fixed
        }
        guard var fixed = first else { return .equal }
        guard float.inference.logits.joined().allSatisfy(\.isFinite) else { return .refused("logits that are no numbers") }
        let largest = zip(fixed.inference.logits.joined(), float.inference.logits.joined()).map { abs($0 - $1) }.max() ?? .infinity
        let reach = float.inference.logits.joined().reduce(1) { max($0, abs($1)) }
        let all = float.traces.reduce(0) { $0 + $1.count }
        let share = Double(EngineComparison.differing(fixed, float)) / Double(max(all, 1))
        if share == 0, largest > 1e-5 * reach { return .parted("logits by \(largest) of \(reach)", share: 1) }
        fixed.inference.logits = float.inference.logits
        fixed.inference.meanLogits = float.inference.meanLogits
        fixed.inference.anytimePredictions = float.inference.anytimePredictions
        // Layers that nothing comes of are computed by the float engine alone.
        let used = used(network)
        for (index, layer) in network.activity.layers.enumerated() where !used.contains(layer.node) {
            fixed.inference.synapticOperations[index] = float.inference.synapticOperations[index]
        }
        return fixed.difference(float, network).map { .parted($0, share: share) } ?? .equal
    }

    /// Nodes that lead to neurons or to the logits.
    private static func used(_ network: Network) -> Set<Int> {
        var used: Set<Int> = []
        for (index, node) in network.graph.nodes.enumerated().reversed() {
            var ends = index == network.graph.output || used.contains(index)
            if case .neuron = node.operation { ends = true }
            if ends { used.formUnion(node.inputs + [index]) }
        }
        return used
    }

    /// `EVALCTL_RANDOM_GRAPHS=0-300` tries other seeds, and prints what each comes to.
    @Test func `fixed32 has the spikes and logits of graphs put together at random, or refuses them by name`() throws {
        let range = ProcessInfo.processInfo.environment["EVALCTL_RANDOM_GRAPHS"]
        let ends = range?.split(separator: "-").compactMap { UInt64($0) } ?? [0, 60]
        var equal = 0
        for seed in ends[0]...ends[1] {
            switch try Self.verdict(seed: seed) {
            case .equal:
                equal += 1
                if range != nil { print("seed \(seed): equal") }
            case .refused(let reason):
                if range != nil { print("seed \(seed): REFUSED \(reason)") }
            case .parted(let difference, let share):
                Issue.record("seed \(seed): \(difference), \(share) of all spikes")
                if range != nil { print("seed \(seed): PARTED \(difference) (\(share))") }
            }
        }
        #expect(equal > Int(ends[1] - ends[0]) / 2)
    }
}
