internal import SpikeKernels

/// The linear part of a stage's embedding in whole numbers.
enum FoldedEmbedding: Sendable {
    case pixels(FoldedPixels)
    /// All three nodes' convolutions of the stage before, and the two edges between nodes. Node 3 holds node 1's weights added to its own.
    case patchCell(direct: FoldedConvolution, edges: [FoldedConvolution], lifGroups: [Int], layers: [Int])
    case convolution(FoldedConvolution, layer: Int)
}

/// A convolution of spikes.
struct FoldedConvolution: Sendable {
    let weights: RowWeights
    let geometry: ConvolutionGeometry
    /// Outputs that have weights; the others are there because they share lines with them.
    let outputs: Range<Int>
}

/// One block of a stage.
struct FoldedBlock: Sendable {
    let height: FoldedAxis
    let width: FoldedAxis
    let identity: FoldedIdentity?
    let fuseLayer: Int
    let fuse: RowWeights
    let tokenGroup: Int
    let expansion: FoldedExpansion
    let contraction: FoldedContraction
    let channelGroup: Int
}

/// One stage. Embedding, token mixing and channel mixing meet in the same neurons, in every block: they share one unit.
struct FoldedStage: Sendable {
    let stage: Int
    let channels: Int
    let side: Int
    /// How the stage's channels stand in lines.
    let tiling: Tiling
    /// Units of the threshold.
    let threshold: Int
    let embedding: FoldedEmbedding
    let embeddingGroup: Int
    let blocks: [FoldedBlock]

    var tokens: Int { side * side }

    init(_ loader: FoldingSource, stage: Int, format: FixedPointFormat) throws {
        let architecture = loader.architecture
        let precision = format.precision
        self.stage = stage
        channels = architecture.channels(stage: stage)
        side = architecture.grid(stage: stage)
        tiling = Tiling(channels: channels, precision: precision)
        let embedding = RealEmbedding(loader, stage: stage, format: format)
        let blocks = architecture.blocks.filter { $0.stage == stage }.map { RealBlock(loader, block: $0, format: format) }
        let unit = Self.unit(embedding, blocks, channels: channels, precision: precision)
        try precision.check(unit: unit, of: "stage \(stage + 1)")
        threshold = Int(unit)
        self.embedding = embedding.folded(unit: unit, precision: precision)
        embeddingGroup = loader.group("to_patch_embedding_lif.\(stage)")
        self.blocks = try blocks.map { try $0.folded(loader, unit: unit, format: format) }
    }

    /// Units of the threshold: as many as leave room for the largest input that any neuron can get; narrow lanes cut off instead, and
    /// bound the weights.
    private static func unit(_ embedding: RealEmbedding, _ blocks: [RealBlock], channels: Int, precision: Precision) -> Double {
        var unit = precision.finestThreshold
        if precision == .fixed32 {
            for channel in 0..<channels {
                let largest = embedding.bounds[channel] + (blocks.map { $0.bound(channel) }.max() ?? 0)
                unit = min(unit, (precision.largestCurrent - 0x1p18) / largest)
            }
        } else {
            let largest = ([embedding.largestWeight] + blocks.map(\.largestFuseWeight)).reduce(0, max)
            unit = min(unit, precision.largestWeight / largest)
            // The first convolution is added up in 32 bits before it is cut off.
            unit = min(unit, (Precision.fixed32.largestCurrent - 0x1p18) / embedding.largestWideCurrent)
        }
        return unit.rounded(.down)
    }
}

/// A block before rounding.
private struct RealBlock {
    let block: Architecture.Block
    let fuse: RealLayer
    let fuseBounds: RealLayer.Bounds
    let contract: RealLayer
    let contractBounds: RealLayer.Bounds
    let scale: [Double]
    let shift: [Double]

    init(_ loader: FoldingSource, block: Architecture.Block, format: FixedPointFormat) {
        self.block = block
        let fusePath = "token_mix.\(block.index).fuse"
        let normalization = loader.batchNorm("\(fusePath).1")
        fuse = RealLayer(
            loader.take("\(fusePath).0.weight"), scale: normalization.scale.map { $0 / 2 }, shift: normalization.shift.map { $0 / 2 }
        ).rounded(toBits: format.weightBits)
        fuseBounds = fuse.bounds()
        let path = "channel_mix.\(block.index).1.net"
        (scale, shift) = loader.batchNorm("\(path).4")
        contract = RealLayer(loader.take("\(path).3.weight"), bias: loader.values("\(path).3.bias")).rounded(toBits: format.weightBits)
        contractBounds = contract.bounds()
    }

    var largestFuseWeight: Double { fuseBounds.largestWeight }

    /// The largest current of a channel from both mixings.
    func bound(_ channel: Int) -> Double {
        let largestScale = scale.reduce(0) { max($0, abs($1)) }
        let largestShift = shift.reduce(0) { max($0, abs($1)) }
        return fuseBounds.sums[channel] + (largestScale * contractBounds.sums[channel] + largestShift) / 2
    }

    func folded(_ loader: FoldingSource, unit: Double, format: FixedPointFormat) throws -> FoldedBlock {
        let contractPath = "channel_mix.\(block.index).1.net.3"
        return FoldedBlock(
            height: try FoldedAxis(loader, block: block, projection: "proj_h", format: format),
            width: try FoldedAxis(loader, block: block, projection: "proj_w", format: format),
            identity: loader.architecture.family == .plain
                ? try FoldedIdentity(loader, block: block, precision: format.precision) : nil,
            fuseLayer: loader.layer("token_mix.\(block.index).fuse.0"),
            fuse: RowWeights(fuse, unit: unit, precision: format.precision),
            tokenGroup: loader.group("token_mix_lif.\(block.index)"),
            expansion: try FoldedExpansion(loader, block: block, format: format),
            contraction: try FoldedContraction(
                contract, path: contractPath, layer: loader.layer(contractPath), scale: scale, shift: shift, threshold: unit,
                format: format),
            channelGroup: loader.group("channel_mix_lif.\(block.index)"))
    }
}

extension FoldedStage {
    /// Bytes of weights, biases and thresholds.
    var bytes: Int {
        var bytes = embedding.bytes
        for block in blocks {
            bytes += block.height.bytes + block.width.bytes + (block.identity?.bytes ?? 0)
            bytes += block.fuse.bytes + block.expansion.bytes + block.contraction.bytes
        }
        return bytes
    }
}

extension FoldedEmbedding {
    fileprivate var bytes: Int {
        switch self {
        case .pixels(let pixels): pixels.bytes
        case .patchCell(let direct, let edges, _, _): direct.weights.bytes + edges.reduce(0) { $0 + $1.weights.bytes }
        case .convolution(let convolution, _): convolution.weights.bytes
        }
    }
}
