internal import Diagnostics
internal import Networks
internal import SpikeKernels

extension Folder {
    static var mostPlanes: Int { 256 }
    /// Each is compared with each.
    static var mostSortedPlanes: Int { 16 }

    /// The spikes that a feature of spikes or counts consists of: planes, each over all channels, that add up to its whole numbers.
    func planes(of index: Int) throws(Failure) -> [[SpikeSlice]] {
        let node = graph.nodes[index]
        switch node.operation {
        case .neuron, .and, .iand, .gate:
            return [[SpikeSlice(node: index, channels: features[index].channels)]]
        case .maximumPool:
            guard features[node.inputs[0]].isSpikes else { return try largest(of: index) }
            return [[SpikeSlice(node: index, channels: features[index].channels)]]
        case .concatenate:
            var parts: [[[SpikeSlice]]] = []
            for input in node.inputs { parts.append(try planes(of: input)) }
            let count = parts.map(\.count).max() ?? 0
            return (0..<count).map { plane in
                zip(node.inputs, parts).flatMap { input, part in
                    plane < part.count ? part[plane] : [SpikeSlice(node: -1, channels: features[input].channels)]
                }
            }
        case .sum:
            var all: [[SpikeSlice]] = []
            for input in node.inputs { all += try planes(of: input) }
            guard all.count <= Self.mostPlanes else { throw refuse(index, "it counts to more than \(Self.mostPlanes)") }
            return all
        case .averagePool(let window):
            let taps = window.kernel.height * window.kernel.width
            let before = try planes(of: node.inputs[0])
            guard before.count * taps <= Self.mostPlanes else { throw refuse(index, "its window counts to more than \(Self.mostPlanes)") }
            return before.flatMap { plane in
                (0..<taps).map { tap in plane.map { self.tap(tap, of: $0, pool: index) } }
            }
        case .mean, .total, .flatten:
            throw refuse(index, "sums over positions and flattened spikes are read by linear layers and neurons alone in fixed point")
        default:
            throw refuse(index, "it gives currents, where spikes or counts have to be told apart")
        }
    }

    /// A layer on spikes or counts, seen from the spikes themselves: pooling over all positions and flattening become part of it.
    func spikeInput(of index: Int) throws(Failure) -> SpikeInput {
        let node = graph.nodes[index]
        let divisor = features[index].whole?.divisor ?? 1
        switch node.operation {
        case .flatten:
            return SpikeInput(planes: try planes(of: node.inputs[0]), divisor: divisor, grid: features[node.inputs[0]], isWhole: true)
        case .mean, .total:
            return SpikeInput(
                planes: try planes(of: node.inputs[0]), divisor: divisor, grid: features[node.inputs[0]], sharesTaps: true, isWhole: true)
        default:
            return SpikeInput(planes: try planes(of: index), divisor: divisor, grid: features[index])
        }
    }

    /// The window of a layer from its input's grid to its own.
    func window(_ convolution: Convolution, _ input: Feature, _ output: Feature) -> GridWindow {
        let shape = graph.tensorShapes[convolution.weight] ?? []
        let kernel = shape.count == 4 ? Extent2(shape[2], shape[3]) : .one
        return GridWindow(
            inputHeight: input.height, inputWidth: input.width, outputHeight: output.height, outputWidth: output.width,
            kernelHeight: kernel.height, kernelWidth: kernel.width, strideHeight: convolution.stride.height,
            strideWidth: convolution.stride.width, paddingHeight: convolution.padding.height, paddingWidth: convolution.padding.width,
            dilationHeight: convolution.dilation.height, dilationWidth: convolution.dilation.width)
    }

    func window(_ pool: PoolingWindow, _ input: Feature, _ output: Feature) -> GridWindow {
        GridWindow(
            inputHeight: input.height, inputWidth: input.width, outputHeight: output.height, outputWidth: output.width,
            kernelHeight: pool.kernel.height, kernelWidth: pool.kernel.width, strideHeight: pool.stride.height,
            strideWidth: pool.stride.width, paddingHeight: pool.padding.height, paddingWidth: pool.padding.width)
    }

    /// All positions at once.
    func wholeWindow(_ input: Feature) -> GridWindow {
        GridWindow(
            inputHeight: input.height, inputWidth: input.width, outputHeight: 1, outputWidth: 1, kernelHeight: input.height,
            kernelWidth: input.width, strideHeight: 1, strideWidth: 1, paddingHeight: 0, paddingWidth: 0)
    }
}

extension GridWindow {
    /// Whether every output reads the input at its own place alone.
    var isPointwise: Bool {
        taps == 1 && strideHeight == 1 && strideWidth == 1 && paddingHeight == 0 && paddingWidth == 0
    }
}
