import Networks
import SpikeKernels

/// A convolution, or a linear layer on the channels of each position.
///
/// Each output position gathers what lies below its kernel: the bias first, then taps in row-major order, inputs ascending within a tap.
struct FloatConvolution: Sendable {
    private let weights: WeightRows
    /// Padded with zeros to whole lanes.
    private let bias: [Double]
    private let kernel: Extent2
    private let geometry: Convolution

    init(_ convolution: Convolution, _ tensors: [String: Tensor]) {
        let weight = tensors.checked(convolution.weight)
        weights = WeightRows(weight)
        kernel = weight.shape.count == 4 ? Extent2(weight.shape[2], weight.shape[3]) : .one
        bias =
            convolution.bias.map { tensors.doubles($0).paddedWithZeros } ?? Array(repeating: 0, count: weights.stride)
        geometry = convolution
    }

    var weightBytes: Int { 4 * weights.values.count }

    /// Adds a row of weights for each spike.
    func apply(_ x: SpikeMap, grid: Extent2, into y: inout FeatureMap) {
        let outputsPerGroup = weights.outputs / geometry.groups
        gather(grid: grid, into: &y) { frame, position, tap, sums, y in
            let word = x.wordIndex(frame: frame, token: position)
            if geometry.groups == 1 {
                addRowsOfSpikes(
                    weights: weights.values, firstRow: tap * weights.inputs, rowLength: weights.stride,
                    spikes: x.words, firstWord: word, wordCount: x.wordsPerToken, sums: &y.values, sumsOffset: sums)
            } else {
                addGroupedRowsOfSpikes(
                    weights: weights.values, firstRow: tap * weights.inputs, rowLength: weights.stride,
                    inputsPerGroup: weights.inputs, outputsPerGroup: outputsPerGroup,
                    spikes: x.words, firstWord: word, wordCount: x.wordsPerToken, sums: &y.values, sumsOffset: sums)
            }
        }
    }

    /// Adds a row of weights, times the value, for each value that is not 0.
    func apply(_ x: FeatureMap, into y: inout FeatureMap) {
        let outputsPerGroup = weights.outputs / geometry.groups
        gather(grid: Extent2(x.height, x.width), into: &y) { frame, position, tap, sums, y in
            let first = x.index(frame: frame, position: position)
            for channel in 0..<x.channels where x.values[first + channel] != 0 {
                let (group, input) = channel.quotientAndRemainder(dividingBy: weights.inputs)
                if geometry.groups == 1 {
                    addScaledRow(
                        &y.values, offset: sums, factor: x.values[first + channel], weights: weights.values,
                        row: tap * weights.inputs + input, rowLength: weights.stride)
                } else {
                    addScaledGroupRow(
                        &y.values, offset: sums, factor: x.values[first + channel], weights: weights.values,
                        row: tap * weights.inputs + input, rowLength: weights.stride,
                        outputs: group * outputsPerGroup..<(group + 1) * outputsPerGroup)
                }
            }
        }
    }

    /// Calls `add` for every output position and tap that lies within the input's grid.
    @inline(__always)
    private func gather(
        grid: Extent2, into y: inout FeatureMap,
        _ add: (_ frame: Int, _ position: Int, _ tap: Int, _ sums: Int, _ y: inout FeatureMap) -> Void
    ) {
        y.fillPositions(with: bias)
        for frame in 0..<y.frames {
            for output in 0..<y.positions {
                let top = output / y.width * geometry.stride.height - geometry.padding.height
                let left = output % y.width * geometry.stride.width - geometry.padding.width
                let sums = y.index(frame: frame, position: output)
                for tap in 0..<kernel.height * kernel.width {
                    let row = top + tap / kernel.width * geometry.dilation.height
                    let column = left + tap % kernel.width * geometry.dilation.width
                    guard (0..<grid.height).contains(row), (0..<grid.width).contains(column) else { continue }
                    add(frame, row * grid.width + column, tap, sums, &y)
                }
            }
        }
    }
}
