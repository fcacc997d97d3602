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
            guard node.inputs.allSatisfy({ computesInPlace($0, for: index) }), Set(node.inputs).count == node.inputs.count else { continue }
            var first = 0
            for input in node.inputs {
                slices[input] = (index, first)
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
        if slices[index] != nil || isFlattening(index) { return false }
        if graph.nodes[index].operation == .concatenate { return true }
        if uses[index].count > 1 { return true }
        return uses[index].contains { use in
            if isGridStep(use) || isJoin(use) { return true }
            if readsStoredCurrents(use) { return true }
            return features[index].isConstant && !features[use].isConstant && !hasTimeScale(use)
        }
    }

    /// A layer that multiplies currents, which have to stand in memory.
    private func readsStoredCurrents(_ use: Int) -> Bool {
        switch graph.nodes[use].operation {
        case .convolution: layer(use) == nil
        case .mix: layer(use) == nil
        default: isFlattening(use)
        }
    }

    /// A grid of currents that a layer reads as a vector.
    private func isFlattening(_ index: Int) -> Bool {
        guard case .flatten = graph.nodes[index].operation else { return false }
        return features[index].isCurrent && features[graph.nodes[index].inputs[0]].positions > 1
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

    /// A concatenation whose parts are currents that stand elsewhere first, and are copied together.
    func isJoin(_ index: Int) -> Bool {
        guard graph.nodes[index].operation == .concatenate, features[index].isCurrent else { return false }
        return graph.nodes[index].inputs.contains { slices[$0]?.whole != index }
    }

    /// Whether a part of a concatenation can be computed at its place there: it comes to layers on spikes or on the image, and nothing else
    /// needs it as a whole.
    private func computesInPlace(_ index: Int, for whole: Int) -> Bool {
        guard slices[index] == nil, features[index].isCurrent else { return false }
        let isPart = graph.nodes[whole].inputs.contains(index)
        let others = uses[index].filter { $0 != whole && !isWithin($0, whole) }
        guard others.allSatisfy({ isPart && features[$0].isSpikes }) else { return false }
        let node = graph.nodes[index]
        switch node.operation {
        case .convolution(let convolution):
            return node.inputs[0] == 0 || layer(index) != nil && (convolution.groups == 1 || convolution.groups != features[index].channels)
        case .normalisation(let normalisation):
            return normalisation.axis == .channel && computesInPlace(node.inputs[0], for: whole)
        case .sum:
            return node.inputs.allSatisfy { computesInPlace($0, for: whole) }
        default:
            return false
        }
    }

    /// Whether a current goes, through sums and normalisations alone, into a concatenation.
    private func isWithin(_ index: Int, _ whole: Int) -> Bool {
        switch graph.nodes[index].operation {
        case .sum, .normalisation: uses[index].contains { $0 == whole || $0 < whole && isWithin($0, whole) }
        default: false
        }
    }

    /// Whether spikes are fired among those of other channels, from a part of a concatenation.
    func standsAmongOthers(_ spikes: Int) -> Bool {
        guard spikes < graph.nodes.count, case .neuron = graph.nodes[spikes].operation else { return false }
        var place = graph.nodes[spikes].inputs[0]
        while slices[place] == nil {
            guard !isStored(place), case .normalisation = graph.nodes[place].operation else { return false }
            place = graph.nodes[place].inputs[0]
        }
        return true
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
