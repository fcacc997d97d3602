/// The weights of one axis of a resize, in fixed point, for the outputs that are wanted of it.
///
/// As Pillow's `Resample.c` computes them (`precompute_coeffs`, `normalize_coeffs_8bpc`): in double precision, operation for operation.
struct ResampleCoefficients {
    /// Fraction bits of ``weights``.
    static let precision: Int32 = 22

    /// First input of each output.
    private(set) var firsts: [Int] = []
    /// How many inputs each output has.
    private(set) var counts: [Int] = []
    /// `stride` weights for each output, zero behind its inputs.
    private(set) var weights: [Int32] = []
    /// Weights kept for each output.
    private(set) var stride = 0
    private var scratch: [Double] = []

    /// The inputs that any of the outputs needs.
    var inputs: Range<Int> {
        guard let first = firsts.first, let last = firsts.last, let count = counts.last else { return 0..<0 }
        return first..<last + count
    }

    /// Computes the weights of `outputs`, of an axis that goes from `inputSize` to `outputSize` pixels. Memory is kept from call to call.
    mutating func compute(_ interpolation: Interpolation, inputSize: Int, outputSize: Int, outputs: Range<Int>) {
        firsts.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        let scale = Double(inputSize) / Double(outputSize)
        guard let reach = interpolation.support else { return takeNearest(inputSize: inputSize, scale: scale, outputs: outputs) }
        let filterScale = max(scale, 1)
        let support = reach * filterScale
        let inverse = 1 / filterScale
        stride = Int(support.rounded(.up)) * 2 + 1
        for output in outputs {
            let center = (Double(output) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let count = min(inputSize, Int(center + support + 0.5)) - first
            scratch.removeAll(keepingCapacity: true)
            var sum = 0.0
            for input in 0..<count {
                let weight = interpolation.weight((Double(input + first) - center + 0.5) * inverse)
                scratch.append(weight)
                sum += weight
            }
            for weight in scratch {
                let scaled = (sum != 0 ? weight / sum : weight) * Double(1 << Self.precision)
                weights.append(Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5))
            }
            for _ in count..<stride { weights.append(0) }
            firsts.append(first)
            counts.append(count)
        }
    }

    /// One input of weight 1 for each output. Pillow's `ImagingScaleAffine` adds up positions from the first output on, and so does their
    /// rounding.
    private mutating func takeNearest(inputSize: Int, scale: Double, outputs: Range<Int>) {
        stride = 1
        var position = scale * 0.5
        for output in 0..<outputs.upperBound {
            if output >= outputs.lowerBound {
                firsts.append(min(Int(position), inputSize - 1))
                counts.append(1)
                weights.append(1 << Self.precision)
            }
            position += scale
        }
    }
}
