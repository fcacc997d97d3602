internal import Networks
internal import SpikeKernels

/// A map along an axis of the grid in whole numbers. Each output has a unit and so a threshold of its own where neurons stand behind it.
struct FoldedAxis: Sendable {
    let axis: AxisMixing.Axis
    let height: Int
    let width: Int
    private let weights: LineBuffer
    private let biases: LineBuffer
    private let thresholds: LineBuffer

    /// - Parameters:
    ///   - units: of each output.
    ///   - thresholds: whole numbers, for plain neurons.
    init(
        _ layer: RealLayer, bias: [Double], axis: AxisMixing.Axis, height: Int, width: Int, units: [Double], thresholds: [Double],
        precision: Precision
    ) {
        self.axis = axis
        self.height = height
        self.width = width
        let side = units.count
        weights = precision == .fixed32 ? LineBuffer(count: side * side, of: Int32.self) : LineBuffer(count: side * side, of: Int16.self)
        biases = LineBuffer(count: side, of: Int32.self)
        self.thresholds = LineBuffer(count: side, of: Int32.self)
        var row = Array(repeating: 0.0, count: side)
        for output in 0..<side {
            layer.fill(output, &row)
            for input in 0..<side {
                let weight = nearest(row[input] * units[output])
                if precision == .fixed32 {
                    weights.set(output * side + input, Int32(weight))
                } else {
                    weights.set(output * side + input, Int16(max(min(weight, 32767), -32767)))
                }
            }
            biases.set(output, Int32(nearest(max(min(bias[output] * units[output], precision.largestCurrent), -precision.largestCurrent))))
            self.thresholds.set(output, Int32(max(min(nearest(thresholds[output]), precision.largestSum), 1)))
        }
    }

    var bytes: Int { weights.bytes + biases.bytes + thresholds.bytes }

    func mixing(scratch: LineBuffer) -> MixingAxis {
        let isRows = axis == .rows
        return MixingAxis(
            side: isRows ? height : width, lines: isRows ? width : height, indexStride: isRows ? width : 1, lineStride: isRows ? 1 : width,
            weights: weights.line(0), biases: biases.records(of: Int32.self), thresholds: thresholds.records(of: Int32.self),
            scratch: scratch.records(of: UInt32.self))
    }
}
