internal import SpikeKernels

/// A stage's embedding before rounding.
struct RealEmbedding {
    private enum Layers {
        case pixels(RealPixels)
        case patchCell(direct: RealLayer, edges: [RealLayer])
        case convolution(RealLayer)
    }

    private let layers: Layers
    private let stage: Int
    private let architecture: Architecture
    private let lifGroups: [Int]
    private let layerNumbers: [Int]
    /// The largest current of each channel.
    let bounds: [Double]
    let largestWeight: Double

    init(_ loader: FoldingSource, stage: Int, format: FixedPointFormat) {
        self.stage = stage
        architecture = loader.architecture
        let path = "to_patch_embedding.\(stage)"
        func convolution(_ path: String) -> RealLayer {
            let normalization = loader.batchNorm("\(path).1")
            return RealLayer(
                loader.take("\(path).0.weight"), scale: normalization.scale.map { $0 / 2 }, shift: normalization.shift.map { $0 / 2 }
            ).rounded(toBits: format.weightBits)
        }
        if stage == 0 {
            let pixels = RealPixels(loader)
            layers = .pixels(pixels)
            (lifGroups, layerNumbers) = ([], [])
            bounds = pixels.bounds
            largestWeight = 0
        } else if architecture.family == .plain {
            let real = convolution(path)
            let realBounds = real.bounds()
            layers = .convolution(real)
            (lifGroups, layerNumbers) = ([], [loader.layer("\(path).0")])
            bounds = realBounds.sums
            largestWeight = realBounds.largestWeight
        } else {
            let node = architecture.channels(stage: stage) / 3
            let cells = (0..<3).map { convolution("\(path).cell2node.\($0)") }
            let names = ["node1_node2", "node2_node3"]
            let edges = names.enumerated().map { convolution("\(path).\($1)").placed(at: ($0 + 1) * node, of: 3 * node) }
            let direct = RealLayer.concatenated([cells[0], cells[1], cells[2] + cells[0]])
            layers = .patchCell(direct: direct, edges: edges)
            lifGroups = (0..<2).map { loader.group("\(path).lif.\($0)") }
            layerNumbers = (0..<3).map { loader.layer("\(path).cell2node.\($0).0") } + names.map { loader.layer("\(path).\($0).0") }
            let all = [direct.bounds()] + edges.map { $0.bounds() }
            bounds = (0..<3 * node).map { channel in all.reduce(0) { $0 + $1.sums[channel] } }
            largestWeight = all.reduce(0) { max($0, $1.largestWeight) }
        }
    }

    func folded(unit: Double, precision: Precision) -> FoldedEmbedding {
        let side = architecture.grid(stage: stage)
        func folded(
            _ layer: RealLayer, kernel: Int, stride: Int, inputSide: Int, inputs: Int, outputs: Range<Int>
        ) -> FoldedConvolution {
            FoldedConvolution(
                weights: RowWeights(layer, unit: unit, precision: precision),
                geometry: ConvolutionGeometry(
                    kernel: kernel, stride: stride, padding: kernel == 3 ? 1 : 0, inputSide: inputSide, outputSide: side, inputs: inputs),
                outputs: outputs)
        }
        switch layers {
        case .pixels(let pixels):
            return .pixels(FoldedPixels(pixels, unit: unit, precision: precision))
        case .patchCell(let direct, let edges):
            let before = architecture.channels(stage: stage - 1)
            let node = architecture.channels(stage: stage) / 3
            return .patchCell(
                direct: folded(direct, kernel: 3, stride: 2, inputSide: 2 * side, inputs: before, outputs: 0..<3 * node),
                edges: edges.enumerated().map { index, edge in
                    folded(
                        edge, kernel: 3, stride: 1, inputSide: side, inputs: node, outputs: (index + 1) * node..<(index + 2) * node)
                },
                lifGroups: lifGroups,
                layers: layerNumbers)
        case .convolution(let layer):
            let before = architecture.channels(stage: stage - 1)
            return .convolution(
                folded(layer, kernel: 2, stride: 2, inputSide: 2 * side, inputs: before, outputs: 0..<layer.outputs), layer: layerNumbers[0]
            )
        }
    }
}
