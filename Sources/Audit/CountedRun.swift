internal import Evaluation
internal import SpikeKernels
internal import SpikingMLP

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
        let comparison = InferenceComparison(architecture: engine.architecture)
        var operations = Array(repeating: 0, count: engine.architecture.synapticLayers.count)
        for (index, image) in images.enumerated() {
            progress(index + 1)
            let expected = try fast.infer(pixels: image)
            let found = try counted.infer(pixels: image)
            let unequal = comparison.difference(expected, fast.activity.traces, found, counted.activity.traces)
            if difference == nil, let unequal { difference = "image \(index + 1): \(unequal)" }
            for (layer, steps) in found.synapticOperations.enumerated() { operations[layer] += steps.reduce(0, +) }
        }
        layers = Self.rows(engine.architecture, tally, operations)
    }

    var multiplied: [Certificate.Multiplied] {
        layers.filter { $0.operations.multiplications > 0 }.map { layer in
            Certificate.Multiplied(
                cause: layer.isInput ? "first convolution" : layer.name, multiplications: layer.operations.multiplications,
                onSpikePath: !layer.isInput, instead: layer.isInput ? "nothing: it reads pixels, once an image" : "nothing")
        }
    }

    private static func rows(_ architecture: Architecture, _ tally: OperationTally, _ synaptic: [Int]) -> [Certificate.Layer] {
        let synapses = architecture.synapticLayers
        var rows = [row("to_patch_embedding.0.0", .input, tally.count(.input))]
        var index = 0
        while index < synapses.count {
            // The three convolutions that read the stage before are one matrix, a third of its outputs each.
            let shared = synapses[index].name.hasSuffix(".cell2node.0.0") ? 3 : 1
            let (part, counts) = tally.count(layer: index) ?? (.linear, OperationCounts())
            for place in 0..<shared {
                var own = row(synapses[index + place].name, part, counts.share(place, of: shared))
                own.synapticOperations = synaptic[index + place]
                rows.append(own)
            }
            index += shared
        }
        if architecture.classes > 0, let head = rows.indices.last {
            // Before the head's rows are added, each spike of the last stage is counted on its channel: an addition of 1.
            rows[head].operations.additions += synaptic[synapses.count - 1] / architecture.classes
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
