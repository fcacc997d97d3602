internal import Engine
internal import Evaluation
internal import Networks
internal import SpikeKernels

/// A fixed-point engine's network computed by the specification over an arithmetic that counts, and by the engine's own kernels.
struct CountedRun {
    private(set) var layers: [Certificate.Layer] = []
    /// The first image and thing that were not the same, nil where all was.
    private(set) var difference: String?

    init(engine: FixedEngine, timeSteps: Int, images: [[UInt8]], progress: (Int) -> Void) throws {
        let numbers = CountingArithmetic()
        let tally = OperationTally(numbers)
        let counting = engine.with(kernels: .counting(laneBits: engine.kernels.laneBits, numbers: numbers))
        let counted = try counting.makeFixedWorkspace(timeSteps: timeSteps, isTracing: true, observer: tally)
        let fast = try engine.makeFixedWorkspace(timeSteps: timeSteps, isTracing: true)
        let comparison = InferenceComparison(network: engine.network)
        var operations = Array(repeating: 0, count: engine.network.activity.layers.count)
        for (index, image) in images.enumerated() {
            progress(index + 1)
            let expected = try fast.infer(pixels: image)
            let found = try counted.infer(pixels: image)
            let unequal = comparison.difference(expected, fast.activity.traces, found, counted.activity.traces)
            if difference == nil, let unequal { difference = "image \(index + 1): \(unequal)" }
            for (layer, steps) in found.synapticOperations.enumerated() { operations[layer] += steps.reduce(0, +) }
        }
        layers = Self.rows(engine, tally, operations, timeSteps: timeSteps)
    }

    var multiplied: [Certificate.Multiplied] {
        let inputs = layers.count(where: \.isInput)
        return layers.filter { $0.operations.multiplications > 0 }.map { layer in
            let cause: MultiplicationCause = layer.isInput ? .inputLayer(inputs > 1 ? layer.name : nil) : .currents(layer.name)
            return Certificate.Multiplied(
                cause: cause.text, multiplications: layer.operations.multiplications, onSpikePath: cause.isOnSpikePath,
                instead: cause.instead)
        }
    }

    /// A row for each layer that multiplies. What the engine counts for several at once is divided in the proportion of their products.
    private static func multiplying(_ engine: FixedEngine, _ tally: OperationTally, timeSteps: Int) -> [Certificate.Layer] {
        let layers = engine.multiplying
        func rows(_ part: PassPart, _ own: [MultiplyingLayer]) -> [Certificate.Layer] {
            let products = own.map { $0.operations * ($0.isInput ? 1 : timeSteps) }
            let shares = tally.count(part).divided(in: products)
            return zip(own, shares).map { row($0.name, $0.isInput ? PassPart.input.rawValue : part.rawValue, $1) }
        }
        func readsImage(_ layer: MultiplyingLayer) -> Bool { layer.node == 0 || engine.network.graph.nodes[layer.node].inputs == [0] }
        return rows(.input, layers.filter(readsImage)) + rows(.products, layers.filter { !readsImage($0) })
    }

    private static func rows(
        _ engine: FixedEngine, _ tally: OperationTally, _ synaptic: [Int], timeSteps: Int
    ) -> [Certificate.Layer] {
        let network = engine.network
        let synapses = network.activity.layers
        var rows = multiplying(engine, tally, timeSteps: timeSteps)
        var index = 0
        while index < synapses.count {
            // Layers that read the same spikes may be one matrix, an equal share of its outputs each.
            var shared = 1
            while index + shared < synapses.count, synapses[index + shared].source == synapses[index].source,
                tally.count(layer: index + shared) == nil
            {
                shared += 1
            }
            let (part, counts) = tally.count(layer: index) ?? (PassPart(synapses[index], in: network), OperationCounts())
            let shares = counts.divided(in: Array(repeating: 1, count: shared))
            for place in 0..<shared {
                var own = row(synapses[index + place].name, part.rawValue, shares[place])
                own.synapticOperations = synaptic[index + place]
                if part == .head {
                    // Before the head's rows are added, each spike is counted on its channel: an addition of 1.
                    own.operations.additions += synaptic[index + place] / synapses[index + place].outputsPerPosition
                }
                rows.append(own)
            }
            index += shared
        }
        for part in [PassPart.neurons, .pooling, .listing] { rows.append(row(part.rawValue, part.rawValue, tally.count(part))) }
        return rows
    }

    private static func row(_ name: String, _ part: String, _ counts: OperationCounts) -> Certificate.Layer {
        Certificate.Layer(
            name: name, part: part,
            operations: Certificate.Operations(
                additions: counts.additions, subtractions: counts.subtractions, shifts: counts.shifts, comparisons: counts.comparisons,
                multiplications: counts.multiplications),
            synapticAdditions: counts.synapticAdditions)
    }
}

extension OperationCounts {
    /// Shares in the proportion of `weights`, which add up to the whole.
    fileprivate func divided(in weights: [Int]) -> [OperationCounts] {
        let total = Double(weights.reduce(0, +))
        var end = 0
        return weights.map { weight in
            let (before, after) = (Double(end) / total, Double(end + weight) / total)
            end += weight
            func part(_ value: Int) -> Int { Int((Double(value) * after).rounded()) - Int((Double(value) * before).rounded()) }
            var share = OperationCounts()
            share.additions = part(additions)
            share.synapticAdditions = part(synapticAdditions)
            share.subtractions = part(subtractions)
            share.shifts = part(shifts)
            share.comparisons = part(comparisons)
            share.multiplications = part(multiplications)
            return share
        }
    }
}
