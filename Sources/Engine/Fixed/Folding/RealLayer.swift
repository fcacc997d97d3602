internal import Networks

/// A linear layer before it is rounded: batch normalisation folded in, in units of the threshold. Weights come a row of inputs at a time.
struct RealLayer {
    let outputs: Int
    let inputs: Int
    /// Outputs that have weights; the others are 0.
    let reached: Range<Int>
    /// `[outputs]`
    let bias: [Double]
    /// Overwrites `inputs` weights of one output.
    let fill: (_ output: Int, _ row: inout [Double]) -> Void

    /// A layer `scale[o] * W[o] x` without a bias.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs, ...]`; taps of a convolution become the slowest index, row `tap * inputs + input`.
    ///   - inputScale: what each input is multiplied by.
    init(_ weight: Tensor, scale: [Double], inputScale: [Double]? = nil) {
        let channels = weight.shape[1]
        let taps = weight.shape.dropFirst(2).reduce(1, *)
        let values = weight.values
        outputs = weight.shape[0]
        inputs = channels * taps
        reached = 0..<weight.shape[0]
        bias = Array(repeating: 0, count: weight.shape[0])
        fill = { output, row in
            let factor = scale[output]
            let first = output * channels * taps
            if taps == 1 {
                for input in 0..<channels { row[input] = Double(values[first + input]) * factor }
                if let inputScale { for input in 0..<channels { row[input] *= inputScale[input] } }
            } else {
                for input in 0..<channels {
                    let own = factor * (inputScale?[input] ?? 1)
                    for tap in 0..<taps { row[tap * channels + input] = Double(values[first + input * taps + tap]) * own }
                }
            }
        }
    }

    init(
        outputs: Int, inputs: Int, reached: Range<Int>? = nil, bias: [Double],
        fill: @escaping (_ output: Int, _ row: inout [Double]) -> Void
    ) {
        self.outputs = outputs
        self.inputs = inputs
        self.reached = reached ?? 0..<outputs
        self.bias = bias
        self.fill = fill
    }

    /// The outputs of two layers on the same inputs added up.
    static func + (left: RealLayer, right: RealLayer) -> RealLayer {
        precondition(left.outputs == right.outputs && left.inputs == right.inputs)
        let reached = min(left.reached.lowerBound, right.reached.lowerBound)..<max(left.reached.upperBound, right.reached.upperBound)
        return RealLayer(outputs: left.outputs, inputs: left.inputs, reached: reached, bias: zip(left.bias, right.bias).map(+)) {
            output, row in
            var other = Array(repeating: 0.0, count: right.inputs)
            left.fill(output, &row)
            right.fill(output, &other)
            for index in row.indices { row[index] += other[index] }
        }
    }

    /// The same outputs, from `first` on among `count`; the others are 0.
    func placed(at first: Int, of count: Int) -> RealLayer {
        let padding = { (length: Int) in Array(repeating: 0.0, count: length) }
        let placed = first..<first + outputs
        return RealLayer(
            outputs: count, inputs: inputs, reached: placed, bias: padding(first) + bias + padding(count - first - outputs)
        ) { output, row in
            if !placed.contains(output) {
                for index in row.indices { row[index] = 0 }
            } else {
                fill(output - first, &row)
            }
        }
    }

    /// Every output times a factor of its own.
    func scaled(_ factors: [Double]) -> RealLayer {
        RealLayer(outputs: outputs, inputs: inputs, reached: reached, bias: zip(bias, factors).map(*)) { output, row in
            fill(output, &row)
            for index in row.indices { row[index] *= factors[output] }
        }
    }

    /// Each output's weights as whole multiples, of `bits` bits with their sign, of a scale of its own.
    func rounded(toBits bits: Int?) -> RealLayer {
        guard let bits else { return self }
        let largestMultiple = Double(1 << (bits - 1) - 1)
        return RealLayer(outputs: outputs, inputs: inputs, reached: reached, bias: bias) { output, row in
            fill(output, &row)
            let largest = row.reduce(0) { max($0, abs($1)) }
            guard largest > 0 else { return }
            let scale = largest / largestMultiple
            for index in row.indices { row[index] = nearest(row[index] / scale) * scale }
        }
    }

    /// What a layer can come to, its bias left out.
    struct Bounds {
        /// The smallest and largest output, whichever inputs spike: `[outputs]`.
        var lowest: [Double]
        var highest: [Double]
        /// The largest absolute weight of each output.
        var weights: [Double]
    }

    func bounds() -> Bounds {
        let zeros = Array(repeating: 0.0, count: outputs)
        var bounds = Bounds(lowest: zeros, highest: zeros, weights: zeros)
        var row = Array(repeating: 0.0, count: inputs)
        for output in reached {
            fill(output, &row)
            var (lowest, highest, largest) = (0.0, 0.0, 0.0)
            for weight in row {
                if weight > 0 { highest += weight } else { lowest += weight }
                largest = max(largest, abs(weight))
            }
            (bounds.lowest[output], bounds.highest[output], bounds.weights[output]) = (lowest, highest, largest)
        }
        return bounds
    }
}

/// The nearest whole number, halves to even, for magnitudes below 2^51: adding 1.5 * 2^52 leaves no bits for a fraction.
@inline(__always)
func nearest(_ value: Double) -> Double {
    (value + 0x1.8p52) - 0x1.8p52
}
