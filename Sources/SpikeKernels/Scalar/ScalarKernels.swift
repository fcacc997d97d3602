/// The specification of every kernel: plain loops over one neuron at a time, in whole numbers of any size. `Weight` is the width of the lanes.
///
/// Vector kernels are compared to these, bit for bit; ``CountingArithmetic`` shows what they consist of.
struct ScalarKernels<Weight: FixedWidthInteger & BitwiseCopyable, Numbers: Arithmetic>: Sendable {
    let numbers: Numbers

    /// Narrow lanes cut off sums and currents at their bounds. Wide lanes have room for every one: the folding chose its units so.
    var isNarrow: Bool { Weight.bitWidth == 16 }
    var lanes: Int { LineBuffer.lineBytes / MemoryLayout<Weight>.size }

    func value(_ line: UnsafeRawPointer, _ lane: Int) -> Int {
        Int(line.load(fromByteOffset: lane * MemoryLayout<Weight>.size, as: Weight.self))
    }

    func set(_ line: UnsafeMutableRawPointer, _ lane: Int, _ value: Int) {
        line.storeBytes(of: Weight(value), toByteOffset: lane * MemoryLayout<Weight>.size, as: Weight.self)
    }

    /// Ends the program where a bound that the folding promises does not hold. A precondition would be left out of unchecked builds, as this
    /// target's are.
    func require(_ holds: Bool, _ promise: StaticString) {
        if !holds { fatalError("\(promise)") }
    }

    /// A current: half an input. A quarter of the range of wide lanes leaves room for the potential that it is added to; narrow lanes
    /// saturate.
    func limited(_ current: Int) -> Int {
        guard isNarrow else {
            require(abs(current) <= 1 << 30, "the folding bounds every current")
            return current
        }
        return saturated(current)
    }

    /// A current that is kept: narrow lanes saturate, wide ones are cut off at a quarter of their range on either side.
    func cut(_ current: Int) -> Int { isNarrow ? saturated(current) : numbers.limited(current, from: -(1 << 30), to: 1 << 30 - 1) }

    /// A potential with a leak other than a half, cut off at a quarter of the lanes' range on either side, far from any threshold.
    func halfCut(_ potential: Int) -> Int {
        let limit = isNarrow ? 1 << 14 : 1 << 30
        return numbers.limited(potential, from: -limit, to: limit - 1)
    }

    private func saturated(_ number: Int) -> Int { numbers.limited(number, from: -32768, to: 32767) }

    /// A potential: narrow lanes saturate, wide ones have room.
    func held(_ potential: Int) -> Int {
        guard isNarrow else {
            require(Weight(exactly: potential) != nil, "currents and thresholds bound the potentials")
            return potential
        }
        return saturated(potential)
    }

    /// The sum of the bias and a frame's rows.
    func frameSum(_ tile: WeightTile, _ lists: RowLists, _ frame: Int, _ lane: Int) -> Int {
        var sum = value(tile.bias, lane)
        for index in Int(lists.starts[frame]) * 2..<Int(lists.starts[frame + 1]) * 2 {
            let row = Int(lists.rows[index]) >> lists.shift
            if row != lists.zeroRow { sum = numbers.sum(sum, ofSpikeWith: value(tile.rows + row * LineBuffer.lineBytes, lane)) }
        }
        if isNarrow { return numbers.limited(sum, from: -32767, to: 32767) }
        sum = numbers.shiftedRight(sum, by: Int(tile.places.load(fromByteOffset: lane * 4, as: Int32.self)))
        require(Int32(exactly: sum) != nil, "the folding bounds every sum")
        return sum
    }

    /// One time step of one neuron.
    func step(_ potential: inout Int, _ current: Int, threshold: Int, isTurned: Bool = false) -> Bool {
        potential = held(numbers.sum(numbers.shiftedRight(potential, by: 1), current))
        let fires = isTurned ? numbers.isAtLeast(threshold, potential) : numbers.isAtLeast(potential, threshold)
        if fires { potential = 0 }
        return fires
    }

    func forEachLane(_ lanes: UInt32, _ body: (Int) -> Void) {
        for lane in 0..<self.lanes where lanes >> UInt32(lane) & 1 == 1 { body(lane) }
    }

    /// Clears a tile's bits in all frames, as vector kernels overwrite them.
    func clear(_ spikes: SpikePlace, _ extent: Extent) {
        for frame in 0..<extent.tokens * extent.steps {
            for byte in 0..<lanes / 8 { spikes.bits.storeBytes(of: 0, toByteOffset: frame * spikes.stride + byte, as: UInt8.self) }
        }
    }

    func insert(_ spikes: SpikePlace, _ frame: Int, _ lane: Int) {
        let byte = spikes.bits + frame * spikes.stride + lane / 8
        byte.storeBytes(of: byte.load(as: UInt8.self) | 1 << UInt8(lane % 8), as: UInt8.self)
    }

    func contains(_ spikes: SpikePlace, _ frame: Int, _ lane: Int) -> Bool {
        spikes.bits.load(fromByteOffset: frame * spikes.stride + lane / 8, as: UInt8.self) >> UInt8(lane % 8) & 1 == 1
    }
}

extension KernelSet {
    /// The specification for 16- or 32-bit lanes, over any arithmetic.
    package static func scalar(laneBits: Int, numbers: some Arithmetic) -> KernelSet {
        laneBits == 16
            ? ScalarKernels<Int16, _>(numbers: numbers).kernelSet : ScalarKernels<Int32, _>(numbers: numbers).kernelSet
    }

    /// The specification that counts. Made here, where the compiler specialises it; elsewhere it would run many times slower.
    package static func counting(laneBits: Int, numbers: CountingArithmetic) -> KernelSet {
        scalar(laneBits: laneBits, numbers: numbers)
    }
}

extension ScalarKernels {
    fileprivate var kernelSet: KernelSet {
        KernelSet(
            name: "scalar", laneBits: Weight.bitWidth, listSpikes: listSpikes, listConvolution: listConvolution, sumRows: sumRows,
            fuse: fuse, expand: expand, contract: contract, fire: fire, mix: mix, mixCurrents: mixCurrents, sumWindow: sumWindow,
            addWhere: addWhere, addCurrents: addCurrents, addLine: addLine, rescale: rescale, poolCurrents: poolCurrents,
            averageCurrents: averageCurrents, countTokens: countTokens, multiplySpikes: multiplySpikes, multiplyCurrents: multiplyCurrents,
            convolvePixels: convolvePixels, narrow: narrow, sumShiftedRows: sumShiftedRows)
    }
}
