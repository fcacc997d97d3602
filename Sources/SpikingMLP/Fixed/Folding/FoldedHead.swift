internal import SpikeKernels

/// The head in whole numbers: batch normalisation, mean over positions and linear layer are one matrix, added up per spike.
///
/// Weights are multiples of a power of two, so that logits become floating-point numbers without rounding.
struct FoldedHead: Sendable {
    let layer: Int
    let classes: Int
    let channels: Int
    /// `[tiles of 16][channels]` lines.
    private let rows: LineBuffer
    private let bias: LineBuffer
    private let exponent: Int

    init(_ loader: FoldingSource, format: FixedPointFormat) throws {
        let architecture = loader.architecture
        let classes = architecture.classes
        let channels = architecture.channels(stage: 3)
        let tokens = architecture.grid(stage: 3) * architecture.grid(stage: 3)
        let normalization = loader.batchNorm("batch_norm")
        let weight = loader.take("mlp_head.1.weight").values
        let offsets = loader.values("mlp_head.1.bias")
        var folded = Array(repeating: 0.0, count: channels)
        func fill(_ label: Int) -> Double {
            var sum = offsets[label]
            for channel in 0..<channels {
                let value = Double(weight[label * channels + channel])
                folded[channel] = value * normalization.scale[channel] / Double(tokens)
                sum += value * normalization.shift[channel]
            }
            if let bits = format.weightBits {
                let largest = folded.reduce(0) { max($0, abs($1)) } / Double(1 << (bits - 1) - 1)
                if largest > 0 { for channel in 0..<channels { folded[channel] = nearest(folded[channel] / largest) * largest } }
            }
            return sum
        }
        var bound = 0.0
        for label in 0..<classes {
            let bias = fill(label)
            bound = max(bound, folded.reduce(abs(bias)) { $0 + abs($1) * Double(tokens) })
        }
        let room = 0x1p31 - Double((channels + 1) * tokens)
        let exponent = bound > 0 ? min(40, Int((room / bound).exponent)) : 0
        guard exponent >= 0 else {
            throw format.precision.unfit("the head", "its logits reach \(bound), and \(room) at most can be", isInAnyPrecision: true)
        }
        let unit = Double(sign: .plus, exponent: exponent, significand: 1)
        let tiles = (classes + 15) / 16
        let rows = LineBuffer(lines: tiles * channels)
        let bias = LineBuffer(lines: tiles)
        for label in 0..<classes {
            bias.set(label, Int32(nearest(fill(label) * unit)))
            for channel in 0..<channels {
                rows.set((label / 16 * channels + channel) * 16 + label % 16, Int32(nearest(folded[channel] * unit)))
            }
        }
        layer = loader.layer("mlp_head.1")
        self.classes = classes
        self.channels = channels
        self.rows = rows
        self.bias = bias
        self.exponent = exponent
    }

    var bytes: Int { rows.bytes + bias.bytes }
    var tiles: Int { (classes + 15) / 16 }

    /// Adds up the rows of one time step's spikes for all classes.
    func sum(_ terms: LineBuffer, count: Int, into logits: LineBuffer, kernels: KernelSet) {
        for tile in 0..<tiles {
            kernels.sumShiftedRows(
                rows.line(tile * channels), bias.line(tile), terms.records(of: ShiftedRow.self), count, min(16, classes - tile * 16),
                logits.line(tile))
        }
    }

    /// A logit of ``sum(_:count:into:kernels:)`` as a number: its exponent is set, nothing is multiplied.
    func logit(_ sum: Int32) -> Float {
        guard sum != 0 else { return 0 }
        return Float(Double(bitPattern: Double(sum).bitPattern &- UInt64(exponent) << 52))
    }
}
