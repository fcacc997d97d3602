internal import Diagnostics
internal import Foundation
internal import Networks
internal import SpikeKernels

/// Reads a network's graph as fixed point needs it: which features are stored, and what currents between them come to. Large tensors are let
/// go once they are folded, so that memory holds one copy.
final class Folder {
    let network: Network
    let format: FixedPointFormat
    let normalization: PixelNormalization
    let timeSteps: Int?
    private var tensors: [String: Tensor]
    private let uses: [[Int]]
    private let layerNumbers: [Int: Int]
    /// Channels of a stored concatenation where a current stands by itself: its node, the concatenation's, and the first channel.
    private(set) var slices: [Int: (whole: Int, first: Int)] = [:]
    private(set) var samples: [SampledPlane] = []

    var graph: NetworkGraph { network.graph }
    var features: [Feature] { network.features }

    /// - Throws: `parameters.unusable`.
    init(_ parameters: consuming Parameters, format: FixedPointFormat, normalization: PixelNormalization) throws(Failure) {
        try parameters.check()
        network = parameters.network
        tensors = parameters.tensors
        self.format = format
        self.normalization = normalization
        timeSteps = parameters.network.graph.longestTimeScale
        var uses: [[Int]] = parameters.network.graph.nodes.map { _ in [] }
        for (index, node) in parameters.network.graph.nodes.enumerated() {
            for input in Set(node.inputs) { uses[input].append(index) }
        }
        self.uses = uses
        layerNumbers = Dictionary(uniqueKeysWithValues: parameters.network.activity.layers.enumerated().map { ($1.node, $0) })
        for (index, node) in graph.nodes.enumerated() where node.operation == .concatenate && features[index].isCurrent {
            var first = 0
            for input in node.inputs {
                if features[input].isCurrent, slices[input] == nil, !isGridStep(input) { slices[input] = (index, first) }
                first += features[input].channels
            }
        }
    }

    func layer(_ node: Int) -> Int? { layerNumbers[node] }
    func node(_ index: Int) -> NetworkGraph.Node { graph.nodes[index] }

    func tensor(_ name: String) -> Tensor {
        guard let tensor = tensors[name] else { preconditionFailure("the network has no \(name)") }
        return tensor
    }

    func values(_ name: String) -> [Double] { tensor(name).values.map(Double.init) }

    /// `1 / tau`; 0 for a neuron without a leak.
    func share(_ neuron: Neuron) -> Double {
        switch neuron.leak {
        case .none: 0
        case .tau(let tau): 1 / tau
        case .learned(let name): 1 / (1 + exp(-Double(tensor(name).values[0])))
        }
    }

    /// Lets everything go that has been folded.
    func releaseTensors() { tensors = [:] }

    /// Whether a current is kept in memory, and what reads it reads it there.
    func isStored(_ index: Int) -> Bool {
        guard features[index].isCurrent, index > 0, index != graph.output else { return false }
        if isGridStep(index) { return true }
        if slices[index] != nil { return false }
        if graph.nodes[index].operation == .concatenate { return true }
        if uses[index].count > 1 { return true }
        return uses[index].contains { use in
            if isGridStep(use) { return true }
            if readsStoredCurrents(use) { return true }
            return features[index].isConstant && !features[use].isConstant && !hasTimeScale(use)
        }
    }

    /// A layer that multiplies currents, which have to stand in memory.
    private func readsStoredCurrents(_ use: Int) -> Bool {
        switch graph.nodes[use].operation {
        case .convolution: layer(use) == nil
        case .mix: layer(use) == nil
        default: false
        }
    }

    private func hasTimeScale(_ index: Int) -> Bool {
        guard case .normalisation(let normalisation) = graph.nodes[index].operation else { return false }
        return normalisation.timeScale != nil
    }

    /// Pooling and means of currents.
    func isGridStep(_ index: Int) -> Bool {
        guard let input = graph.nodes[index].inputs.first, features[input].isCurrent else { return false }
        switch graph.nodes[index].operation {
        case .maximumPool, .averagePool, .mean, .total: return true
        default: return false
        }
    }

    func refuse(_ index: Int, _ reason: String) -> Failure {
        format.precision.unfit("node '\(graph.nodes[index].name.prefix(80))'", reason, isInAnyPrecision: true)
    }

    /// A plane of pooled spikes: one tap of a window.
    struct SampledPlane: Hashable {
        var source: SpikeSlice
        var node: Int
        var tap: Int
        /// The number under which it stands as spikes, behind all nodes.
        var id: Int
    }

    func sample(_ source: SpikeSlice, node: Int, tap: Int) -> SpikeSlice {
        if let known = samples.first(where: { $0.source == source && $0.node == node && $0.tap == tap }) {
            return SpikeSlice(node: known.id, channels: source.channels)
        }
        let id = graph.nodes.count + samples.count
        samples.append(SampledPlane(source: source, node: node, tap: tap, id: id))
        return SpikeSlice(node: id, channels: source.channels)
    }
}
