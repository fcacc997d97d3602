import Diagnostics
import Engine
import Foundation
import Networks
import SpikeKernels
import Testing

/// Fixed point on graphs that nobody thought of, beside the plainest evaluation in double precision.
@Suite struct RandomGraphTests {
    private static let timeSteps = 3
    /// Times what single precision departs by that logits of `fixed32` may.
    private static let logitFactor = 16.0
    /// The share of a graph's neurons' answers that may flip in 16 bits, where a threshold has 2^13 units at most and one flipped spike makes others flip.
    private static let flippedShare = 0.05

    enum Verdict {
        case equal
        case refused(String)
        /// Where the two part, in words.
        case parted(String)
    }

    /// What all engines are held to.
    struct Truth {
        let network: Network
        let parameters: Parameters
        let pixels: [UInt8]
        let float: EngineComparison.Outcome
        let logits: [Double]
        /// What single precision flips, and by how much its logits depart.
        let single: (spikes: Int, logits: Double)

        init(seed: UInt64) throws {
            network = try RandomGraph.network(seed: seed, timeSteps: timeSteps)
            parameters = try EngineComparison.lively(network, seed: seed)
            pixels = TestImage.pixels(size: network.inputSize, seed: seed)
            float = try EngineComparison.Outcome(FloatEngine(parameters), pixels: pixels, timeSteps: timeSteps)
            let double = PlainEvaluation<Double>(parameters, pixels: pixels, timeSteps: timeSteps)
            logits = Array(double.logits.joined())
            single = PlainEvaluation<Float>(parameters, pixels: pixels, timeSteps: timeSteps).departure(from: double)
        }

        /// The largest logit, 1 at least.
        var reach: Double { logits.reduce(1) { max($0, abs($1)) } }

        func logitDifference(_ outcome: EngineComparison.Outcome) -> Double {
            zip(outcome.inference.logits.joined(), logits).map { abs(Double($0) - $1) }.max() ?? .infinity
        }
    }

    static func verdict(_ truth: Truth, _ precision: Precision) throws -> Verdict {
        guard truth.logits.allSatisfy(\.isFinite) else { return .refused("logits that are no numbers") }
        let engines: [FixedEngine]
        do {
            engines = try EngineComparison.engines(truth.parameters, FixedPointFormat(precision: precision))
        } catch let failure as Failure {
            return .refused(failure.message)
        }
        let outcomes = try engines.map { try EngineComparison.Outcome($0, pixels: truth.pixels, timeSteps: timeSteps) }
        for (engine, outcome) in zip(engines, outcomes) {
            if let difference = outcome.difference(outcomes[0], truth.network) {
                return .parted("\(engine.kernels.name) from the specification: \(difference)")
            }
        }
        let fixed = outcomes[0]
        let flipped = EngineComparison.differing(fixed, truth.float)
        let all = truth.float.traces.reduce(0) { $0 + $1.count }
        guard precision == .fixed32 else {
            return Double(flipped) > flippedShare * Double(all) ? .parted("\(flipped) of \(all) spikes flip") : .equal
        }
        if flipped > truth.single.spikes {
            return .parted(
                "\(fixed.difference(truth.float, truth.network) ?? ""), \(flipped) in all, \(truth.single.spikes) in single precision")
        }
        if flipped == 0, fixed.inference.synapticOperations != truth.float.inference.synapticOperations {
            return .parted("other synaptic operations")
        }
        for (layer, counts) in zip(
            truth.network.activity.layers, zip(fixed.inference.effectiveOperations, truth.float.inference.effectiveOperations))
        where flipped == 0 && counts.0 != counts.1 {
            return .parted("\(layer.name): \(counts.0) effective operations, \(counts.1) in double precision")
        }
        let difference = truth.logitDifference(fixed)
        if flipped == 0, difference > max(logitFactor * truth.single.logits, 1e-5 * truth.reach) {
            return .parted("logits by \(difference) of \(truth.reach), in single precision by \(truth.single.logits)")
        }
        return .equal
    }

    /// Seeds whose graphs read normalised spikes through means.
    @Test(arguments: [57, 93, 143] as [UInt64], Precision.allCases)
    func `fixed point computes graphs that read spikes through several normalisations and means`(seed: UInt64, precision: Precision) throws
    {
        let verdict = try Self.verdict(Truth(seed: seed), precision)
        guard case .equal = verdict else {
            Issue.record("seed \(seed), \(precision): \(verdict)")
            return
        }
    }

    /// `EVALCTL_RANDOM_GRAPHS=0-300` tries other seeds, and prints what each comes to.
    @Test func `fixed point has the spikes and logits of graphs put together at random, or refuses them by name`() throws {
        let range = ProcessInfo.processInfo.environment["EVALCTL_RANDOM_GRAPHS"]
        let ends = range?.split(separator: "-").compactMap { UInt64($0) } ?? [0, 40]
        var equal = 0
        for seed in ends[0]...ends[1] {
            let truth = try Truth(seed: seed)
            #expect(truth.logitDifference(truth.float) < 1e-6 * truth.reach, "seed \(seed): the float engine is not the plain evaluation")
            for precision in Precision.allCases {
                switch try Self.verdict(truth, precision) {
                case .equal:
                    equal += 1
                case .refused(let reason):
                    if range != nil { print("seed \(seed), \(precision): refused, \(reason)") }
                case .parted(let difference):
                    Issue.record("seed \(seed), \(precision): \(difference)")
                    if range != nil { print("seed \(seed), \(precision): PARTED \(difference)") }
                }
            }
        }
        #expect(equal > Int(ends[1] - ends[0] + 1) * 2 * 9 / 10)
    }
}
