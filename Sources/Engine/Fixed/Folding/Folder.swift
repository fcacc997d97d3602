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
    let used: Set<Int>
    private(set) var storage = CurrentStorage()
    /// By node, who reads it.
    let uses: [[Int]]
    private let layerNumbers: [Int: Int]
    /// Channels of a stored concatenation where a current stands by itself: its node, the concatenation's, and the first channel.
    private(set) var slices: [Int: (whole: Int, first: Int)] = [:]
    /// Means and normalisations that become part of the layers behind them, and sums and concatenations that are added up part by part.
    private(set) var readThrough: Set<Int> = []
    private(set) var wholeParts: Set<Int> = []
    /// Spikes that stand beside those of nodes, under numbers behind all nodes.
    var derived: [DerivedSpikes] = []
    var derivedNumbers: [DerivedSpikes: Int] = [:]
    /// Normalisations of stored currents that nothing else can take in: they multiply.
    private(set) var multiplied: Set<Int> = []

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
        used = parameters.network.graph.usedNodes
        var uses: [[Int]] = parameters.network.graph.nodes.map { _ in [] }
        for (index, node) in parameters.network.graph.nodes.enumerated() where used.contains(index) {
            for input in Set(node.inputs) { uses[input].append(index) }
        }
        self.uses = uses
        layerNumbers = Dictionary(uniqueKeysWithValues: parameters.network.activity.layers.enumerated().map { ($1.node, $0) })
        for (index, node) in graph.nodes.enumerated()
        where node.operation == .concatenate && features[index].isCurrent && used.contains(index) {
            guard computesInPlace(index) else { continue }
            var first = 0
            for input in node.inputs {
                slices[input] = (index, first)
                first += features[input].channels
            }
        }
        readThrough = findReadThrough()
        wholeParts = findWholeParts()
        storage = decideStorage()
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

    func noteMultiplied(_ index: Int) { multiplied.insert(index) }

    /// Lets everything go that has been folded.
    func releaseTensors() { tensors = [:] }

    /// A concatenation whose parts are currents that stand elsewhere first, and are copied together.
    func isJoin(_ index: Int) -> Bool {
        guard graph.nodes[index].operation == .concatenate, features[index].isCurrent else { return false }
        return graph.nodes[index].inputs.contains { slices[$0]?.whole != index }
    }

    /// Whether the parts of a concatenation can be computed at their places there: they come to layers on spikes or on the image, and nothing
    /// else needs them as a whole.
    private func computesInPlace(_ whole: Int) -> Bool {
        let parts = graph.nodes[whole].inputs
        let within = nodesWithin(whole)
        var known: [Int: Bool] = [:]
        func computes(_ index: Int) -> Bool {
            if let known = known[index] { return known }
            let result = decide(index)
            known[index] = result
            return result
        }
        func decide(_ index: Int) -> Bool {
            guard slices[index] == nil, features[index].isCurrent else { return false }
            let others = uses[index].filter { $0 != whole && !within.contains($0) }
            guard others.allSatisfy({ parts.contains(index) && features[$0].isSpikes }) else { return false }
            let node = graph.nodes[index]
            switch node.operation {
            case .convolution(let convolution):
                return node.inputs[0] == 0
                    || layer(index) != nil && (convolution.groups == 1 || convolution.groups != features[index].channels)
            case .normalisation(let normalisation):
                return normalisation.axis == .channel && !hasTimeScale(node.inputs[0]) && computes(node.inputs[0])
            case .sum:
                return Set(node.inputs).count == node.inputs.count && node.inputs.allSatisfy(computes)
            default:
                return false
            }
        }
        return Set(parts).count == parts.count && parts.allSatisfy(computes)
    }

    /// Currents that go, through sums and normalisations alone, into a concatenation.
    private func nodesWithin(_ whole: Int) -> Set<Int> {
        var within: Set<Int> = []
        var open = graph.nodes[whole].inputs
        while let index = open.popLast() {
            switch graph.nodes[index].operation {
            case .sum, .normalisation: if within.insert(index).inserted { open += graph.nodes[index].inputs }
            default: break
            }
        }
        return within
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
}
