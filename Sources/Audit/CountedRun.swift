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
        layers = Self.rows(engine.network, tally, operations)
    }

    var multiplied: [Certificate.Multiplied] {
        layers.filter { $0.operations.multiplications > 0 }.map { layer in
            Certificate.Multiplied(
                cause: layer.isInput ? "first convolution" : layer.name, multiplications: layer.operations.multiplications,
                onSpikePath: !layer.isInput, instead: layer.isInput ? "nothing: it reads pixels, once an image" : "nothing")
        }
    }

    private static func rows(_ network: Network, _ tally: OperationTally, _ synaptic: [Int]) -> [Certificate.Layer] {
        let synapses = network.activity.layers
        var rows = [row(network.activity.multiplying.first?.name ?? "input", .input, tally.count(.input))]
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
            for place in 0..<shared {
                var own = row(synapses[index + place].name, part, counts.share(place, of: shared))
                own.synapticOperations = synaptic[index + place]
                if part == .head {
                    // Before the head's rows are added, each spike is counted on its channel: an addition of 1.
                    own.operations.additions += synaptic[index + place] / synapses[index + place].outputsPerPosition
                }
                rows.append(own)
            }
            index += shared
        }
        rows.append(row("neurons", .neurons, tally.count(.neurons)))
        rows.append(row("listing", .listing, tally.count(.listing)))
        return rows
    }

    private static func row(_ name: String, _ part: PassPart, _ counts: OperationCounts) -> Certificate.Layer {
        Certificate.Layer(
            name: name, part: part.rawValue,
            operations: Certificate.Operations(
                additions: counts.additions, subtractions: counts.subtractions, shifts: counts.shifts, comparisons: counts.comparisons,
                multiplications: counts.multiplications),
            synapticAdditions: counts.synapticAdditions)
    }
}

extension OperationCounts {
    /// One of `count` equal shares; the first has what cannot be divided.
    fileprivate func share(_ index: Int, of count: Int) -> OperationCounts {
        func part(_ value: Int) -> Int { value / count + (index == 0 ? value % count : 0) }
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
