internal import SpikeKernels

/// The last linear layer on spikes or counts, summed over positions where a mean stands before it.
///
/// Weights are multiples of a power of two, so that logits become floating-point numbers without rounding. A row that spikes n times is
/// added n times: n's binary digits as shifts.
struct HeadStep: ProgramStep {
    let layer: Int?
    let classes: Int
    private let sources: [FoldedTerm.ListedSource]
    private let counted: [CountedPart]
    private let inputs: Int
    /// Rows from one position to the next; 0 where positions share them.
    private let rowsPerPosition: Int
    private let largestCount: Int
    /// `[tiles of 16][inputs]` lines.
    private let rows: LineBuffer
    private let bias: LineBuffer
    private let outerBias: [Double]
    private let exponent: Int
    /// Of each time step; empty for none.
    private let times: [(added: [Int32], subtracted: [Int32])]

    var tokens: Int { 1 }
    var isGlobal: Bool { true }
    var spikeReads: Set<Int> { Set(sources.map(\.spikes)) }
    var distantReads: Set<Int> { spikeReads }
    var bytes: Int { rows.bytes + bias.bytes }
    /// Lines of ``FixedPass/prepareHead(inputs:largestCount:classes:)``.
    var scratchLines: Int {
        LineBuffer.lines(count: inputs, of: Int.self)
            + LineBuffer.lines(count: inputs * (Int.bitWidth - largestCount.leadingZeroBitCount), of: ShiftedRow.self) + (classes + 15) / 16
    }

    init(
        _ layer: RealLayer, bias realBias: [Double], inner realInner: [Double], times: [Double], sources: [FoldedTerm.ListedSource],
        counted: [CountedPart], rowsPerPosition: Int, largestCount: Int, layerNumber: Int?, weightBits: Int?, precision: Precision
    ) throws {
        self.layer = layerNumber
        self.sources = sources
        self.counted = counted
        self.rowsPerPosition = rowsPerPosition
        self.largestCount = largestCount
        classes = layer.outputs
        inputs = layer.inputs
        let real = layer.rounded(toBits: weightBits)
        let bounds = real.bounds()
        // Factors of time steps are applied to the sums, which the bias does not belong to.
        let added = times.isEmpty ? realBias : realInner
        var bound = 0.0
        for label in 0..<layer.outputs {
            bound = max(bound, abs(added[label]) + max(bounds.highest[label], -bounds.lowest[label]) * Double(largestCount))
        }
        let room = 0x1p31 - Double((layer.inputs + 1) * largestCount)
        let exponent = bound > 0 ? min(40, Int((room / bound).exponent)) : 0
        guard exponent >= 0 else {
            throw precision.unfit("the head", "its logits reach \(bound), and \(room) at most can be", isInAnyPrecision: true)
        }
        self.exponent = exponent
        let unit = Double(sign: .plus, exponent: exponent, significand: 1)
        let tiles = (layer.outputs + 15) / 16
        let rows = LineBuffer(lines: tiles * layer.inputs)
        let bias = LineBuffer(lines: tiles)
        var row = Array(repeating: 0.0, count: layer.inputs)
        for label in 0..<layer.outputs {
            real.fill(label, &row)
            bias.set(label, Int32(nearest(added[label] * unit)))
            for input in row.indices { rows.set((label / 16 * row.count + input) * 16 + label % 16, Int32(nearest(row[input] * unit))) }
        }
        self.rows = rows
        self.bias = bias
        self.times = times.map { signedPowers($0 / Self.timeRange, resolution: 0x1p-40, deepest: 40) }
        outerBias = times.isEmpty ? [] : realBias
    }

    /// Factors of time steps are short sums of powers of two up to this one.
    private static let timeRange = 0x1p8

    func run(_ pass: FixedPass, first: Int, count: Int) {
        pass.begin(.head, layer: layer)
        pass.prepareHead(inputs: inputs, largestCount: largestCount, classes: classes)
        for step in 0..<pass.steps {
            let spikes = countRows(pass, step)
            if let layer { pass.activity.addOperations(spikes * classes, layer: layer, step: step) }
            var terms = 0
            for input in 0..<inputs {
                var count = pass.headCounts[input]
                while count != 0 {
                    pass.headTerms.set(terms, ShiftedRow(row: UInt32(input), shift: UInt32(count.trailingZeroBitCount)))
                    terms += 1
                    count &= count &- 1
                }
            }
            for tile in 0..<(classes + 15) / 16 {
                pass.kernels.sumShiftedRows(
                    rows.line(tile * inputs), bias.line(tile), pass.headTerms.records(of: ShiftedRow.self), terms,
                    min(16, classes - tile * 16),
                    pass.headLogits.line(tile))
            }
            pass.logits.append((0..<classes).map { logit(pass.headLogits.value($0, as: Int32.self), label: $0, step: step) })
        }
    }

    func finish(_ pass: FixedPass) { pass.markInputs(of: counted, sources, addsPositions: rowsPerPosition == 0) }

    /// A sum as a number: its exponent is set, nothing is multiplied.
    private func logit(_ sum: Int32, label: Int, step: Int) -> Float {
        guard !times.isEmpty else { return Float(Self.number(Int(sum), exponent)) }
        let (added, subtracted) = times[min(step, times.count - 1)]
        // The sum has 31 bits: what shifts would lose is kept below it.
        let raised = Int(sum) << 24
        let scaled = added.reduce(0) { $0 + raised >> Int($1) } - subtracted.reduce(0) { $0 + raised >> Int($1) }
        return Float(Self.number(scaled, exponent + 24 - 8) + outerBias[label])
    }

    private static func number(_ sum: Int, _ exponent: Int) -> Double {
        sum == 0 ? 0 : Double(bitPattern: Double(sum).bitPattern &- UInt64(bitPattern: Int64(exponent)) << 52)
    }

    /// Counts how often each row is read at a time step; returns the sum.
    private func countRows(_ pass: FixedPass, _ step: Int) -> Int {
        for input in 0..<inputs { pass.headCounts[input] = 0 }
        var total = 0
        for source in sources {
            let bits = pass.bits(source.spikes)
            for token in 0..<bits.tokens {
                for word in 0..<bits.wordsPerFrame {
                    var value = bits.word(token * pass.steps + step, word)
                    total += value.nonzeroBitCount
                    while value != 0 {
                        pass.headCounts[source.row + token * rowsPerPosition + word * 64 + value.trailingZeroBitCount] += 1
                        value &= value &- 1
                    }
                }
            }
        }
        return total
    }
}
