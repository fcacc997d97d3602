/// The weights of one axis of a bicubic resize, in fixed point, for the outputs that are wanted of it.
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
    mutating func compute(inputSize: Int, outputSize: Int, outputs: Range<Int>) {
        let scale = Double(inputSize) / Double(outputSize)
        let filterScale = max(scale, 1)
        let support = 2 * filterScale
        let inverse = 1 / filterScale
        stride = Int(support.rounded(.up)) * 2 + 1
        firsts.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        for output in outputs {
            let center = (Double(output) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let count = min(inputSize, Int(center + support + 0.5)) - first
            scratch.removeAll(keepingCapacity: true)
            var sum = 0.0
            for input in 0..<count {
                let weight = Self.bicubic((Double(input + first) - center + 0.5) * inverse)
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

    /// Keys' cubic convolution kernel with a = -0.5.
    private static func bicubic(_ distance: Double) -> Double {
        let a = -0.5
        let x = abs(distance)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }
}
