internal import Evaluation
internal import SpikingMLP

/// The operations of the float reference, derived from what its code does for each neuron, time step and spike. Lanes that only pad a row
/// are not counted.
struct ReferenceOperations {
    private let architecture: Architecture
    /// Images times time steps.
    private let frames: Int
    private let images: Int
    /// Synaptic operations of each layer over all images.
    private let synaptic: [Int]

    init(engine: any InferenceEngine, timeSteps: Int, images: [[UInt8]], progress: (Int) -> Void) throws {
        architecture = engine.architecture
        frames = images.count * timeSteps
        self.images = images.count
        let workspace = try engine.makeWorkspace(timeSteps: timeSteps)
        var operations = Array(repeating: 0, count: engine.architecture.synapticLayers.count)
        for (index, image) in images.enumerated() {
            progress(index + 1)
            let inference = try workspace.infer(pixels: image)
            for (layer, steps) in inference.synapticOperations.enumerated() { operations[layer] += steps.reduce(0, +) }
        }
        synaptic = operations
    }

    var layers: [Certificate.Layer] {
        [inputLayer] + architecture.synapticLayers.indices.map(layer) + [neurons]
    }

    private var inputLayer: Certificate.Layer {
        let products = images * (architecture.firstConvolutionOperations + inputOutputs)
        return Certificate.Layer(
            name: "to_patch_embedding.0.0", part: "input", operations: .init(additions: products, multiplications: products))
    }

    private var inputOutputs: Int { architecture.grid(stage: 0) * architecture.grid(stage: 0) * architecture.dim }

    /// A layer with the batch normalisation behind it: a product and an addition for each output and time step.
    private func layer(_ index: Int) -> Certificate.Layer {
        let layer = architecture.synapticLayers[index]
        let kind = Kind(layer.name)
        var row = Certificate.Layer(name: layer.name, part: kind.part, operations: .init(), synapticOperations: synaptic[index])
        guard kind != .head else {
            let spikes = synaptic[index] / max(architecture.classes, 1)
            let products = layer.inputs * (1 + architecture.classes) * frames
            row.operations = .init(additions: spikes + products, multiplications: headDivisions + products)
            return row
        }
        row.synapticAdditions = synaptic[index]
        let outputs = outputs(layer) * frames
        row.operations = .init(additions: synaptic[index] + outputs * (1 + kind.sums), multiplications: outputs)
        return row
    }

    /// A rate for each channel of the last stage and time step.
    private var headDivisions: Int { architecture.channels(stage: 3) * frames }

    /// Output neurons of one time step.
    private func outputs(_ layer: SynapticLayer) -> Int {
        switch layer.connections {
        case .uniform(let fanOut):
            // A projection mixes the tokens of one axis, for each channel by itself.
            Kind(layer.name) == .projection ? layer.inputs * layer.side * layer.side : layer.side * layer.side * fanOut
        case .convolution(let outputs, let kernel, let stride, let padding):
            { $0 * $0 * outputs }((layer.side + 2 * padding - kernel) / stride + 1)
        }
    }

    /// `v + (u - v) * 0.5`, and the comparison.
    private var neurons: Certificate.Layer {
        let steps = architecture.lifGroups.reduce(0) { $0 + $1.neurons } * frames
        return Certificate.Layer(
            name: "neurons", part: "neurons",
            operations: .init(additions: steps, subtractions: steps, comparisons: steps, multiplications: steps))
    }
}

extension ReferenceOperations {
    /// What a layer is, by its name.
    private enum Kind: Hashable, CaseIterable {
        case cell, firstEdge, secondEdge, convolution, projection, fuse, expansion, contraction, head

        init(_ name: String) {
            self =
                switch name {
                case "mlp_head.1": .head
                case _ where name.contains(".cell2node."): .cell
                case _ where name.contains(".node1_node2."): .firstEdge
                case _ where name.contains(".node2_node3."): .secondEdge
                case _ where name.hasPrefix("to_patch_embedding."): .convolution
                case _ where name.contains(".proj_"): .projection
                case _ where name.contains(".fuse."): .fuse
                case _ where name.hasSuffix(".net.0"): .expansion
                default: .contraction
                }
        }

        var part: String {
            switch self {
            case .cell, .firstEdge, .secondEdge, .convolution: "embedding"
            case .projection: "mixing"
            case .fuse, .expansion, .contraction: "linear"
            case .head: "head"
            }
        }

        /// Additions of one output to what else reaches its neuron.
        var sums: Int {
            switch self {
            case .firstEdge, .fuse, .contraction: 1
            case .secondEdge: 2
            default: 0
            }
        }

        var cause: String {
            switch self {
            case .cell, .firstEdge, .secondEdge: "batch normalisation of patch cells: per neuron and time step"
            case .convolution: "batch normalisation of convolutions: per neuron and time step"
            case .projection: "batch normalisation of token mixing's rows and columns: per neuron and time step"
            case .fuse: "batch normalisation of token mixing's fusion: per neuron and time step"
            case .expansion: "first token batch normalisation of channel mixing: per neuron and time step"
            case .contraction: "second token batch normalisation of channel mixing: per neuron and time step"
            case .head: "head: rates, batch normalisation and class weights per channel and time step"
            }
        }

        var instead: String {
            switch self {
            case .cell, .firstEdge, .secondEdge, .convolution, .projection, .fuse: "folded into weights and biases"
            case .expansion: "folded into thresholds"
            case .contraction: "cannot be folded into weights or thresholds: a short sum of shifted terms"
            case .head: "folded into one matrix that spikes add up"
            }
        }
    }

    var multiplied: [Certificate.Multiplied] {
        let synapses = Dictionary(grouping: layers.filter { !["input", "neurons"].contains($0.part) }) { Kind($0.name).cause }
        let causes = Kind.allCases.compactMap { kind -> Certificate.Multiplied? in
            guard let rows = synapses[kind.cause], kind != .firstEdge, kind != .secondEdge else { return nil }
            return Certificate.Multiplied(
                cause: kind.cause, multiplications: rows.reduce(0) { $0 + $1.operations.multiplications }, onSpikePath: true,
                instead: kind.instead)
        }
        return [
            Certificate.Multiplied(
                cause: "first convolution", multiplications: images * architecture.firstConvolutionOperations, onSpikePath: false,
                instead: "nothing: it reads pixels, once an image"),
            Certificate.Multiplied(
                cause: "batch normalisation of the first convolution: per neuron, once an image", multiplications: images * inputOutputs,
                onSpikePath: false, instead: "folded into weights and biases"),
        ] + causes + [
            Certificate.Multiplied(
                cause: "leak of the neurons: half of each potential's distance to its input",
                multiplications: neurons.operations.multiplications, onSpikePath: true, instead: "a shift")
        ]
    }
}
