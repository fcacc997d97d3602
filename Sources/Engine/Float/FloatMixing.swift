import Networks
import SpikeKernels

/// A linear map along the rows or along the columns of the grid, for each channel by itself: the bias first, then inputs ascending.
struct FloatMixing: Sendable {
    private let axis: AxisMixing.Axis
    private let weights: WeightRows
    /// Padded with zeros to whole lanes.
    private let bias: [Double]

    init(_ mixing: AxisMixing, _ tensors: [String: Tensor]) {
        axis = mixing.axis
        weights = WeightRows(tensors.checked(mixing.weight))
        bias = mixing.bias.map { tensors.doubles($0).paddedWithZeros } ?? Array(repeating: 0, count: weights.stride)
    }

    var weightBytes: Int { 4 * weights.values.count }

    func apply(_ x: SpikeMap, into y: inout FeatureMap) {
        mix(into: &y) { frame, position, index, sums in
            addRowAtSpikes(
                weights: weights.values, row: index, rowLength: weights.stride,
                spikes: x.words, firstWord: x.wordIndex(frame: frame, token: position), wordCount: x.wordsPerToken, sums: &sums)
        }
    }

    func apply(_ x: FeatureMap, into y: inout FeatureMap) {
        mix(into: &y) { frame, position, index, sums in
            for channel in 0..<x.channels {
                addScaledRow(
                    &sums, offset: channel * weights.stride, factor: x.values[x.index(frame: frame, position: position) + channel],
                    weights: weights.values, row: index, rowLength: weights.stride)
            }
        }
    }

    /// Calls `add` for every place along every line of the grid, with the line's sums `[channels, stride]`.
    @inline(__always)
    private func mix(into y: inout FeatureMap, _ add: (_ frame: Int, _ position: Int, _ index: Int, _ sums: inout [Double]) -> Void) {
        let (length, lines) = axis == .rows ? (y.height, y.width) : (y.width, y.height)
        var sums = Array(repeating: Double(0), count: y.channels * weights.stride)
        for frame in 0..<y.frames {
            for line in 0..<lines {
                fillRows(&sums, offset: 0, count: y.channels, with: bias, length: weights.stride)
                func position(_ index: Int) -> Int { axis == .rows ? index * y.width + line : line * y.width + index }
                for index in 0..<length { add(frame, position(index), index, &sums) }
                for index in 0..<length {
                    let first = y.index(frame: frame, position: position(index))
                    for channel in 0..<y.channels { y.values[first + channel] = sums[channel * weights.stride + index] }
                }
            }
        }
    }
}
