internal import SpikeKernels

/// Where a tile's spikes go, frame by frame.
struct SpikeWriter<L: Lanes> {
    private var place: UnsafeMutableRawPointer
    private let stride: Int
    private let lanes: UInt32

    @inline(__always)
    init(_ spikes: SpikePlace, lanes: UInt32) {
        place = spikes.bits
        stride = spikes.stride
        self.lanes = lanes
    }

    @inline(__always)
    mutating func write(_ spikes: UInt32) {
        storeSpikes(L.self, spikes & lanes, place)
        place += stride
    }
}

/// Keeps currents, and adds to those before where asked.
struct CurrentConsumer<L: Lanes>: SumConsumer {
    var line: UnsafeMutableRawPointer
    let isAdded: Bool

    @inline(__always)
    mutating func begin(token: Int) {}

    @inline(__always)
    mutating func take(_ sum: L.Line) {
        let current = L.cut(sum)
        L.store(isAdded ? L.cut(L.boundedSum(current, L.load(line))) : current, line)
        line += 64
    }
}

/// Token mixing's last step and its neurons.
struct FuseConsumer<L: Lanes>: SumConsumer {
    private let other: CurrentLines
    private let threshold: L.Line
    private let hasUnits: Bool
    private let places: L.Line
    private var input: UnsafeRawPointer
    private let inputStride: Int
    private var kept: UnsafeMutableRawPointer
    private var writer: SpikeWriter<L>
    private var neurons = Neurons<L>()

    @inline(__always)
    init(
        _ other: CurrentLines, _ units: UnsafeRawPointer?, _ kept: UnsafeMutableRawPointer, _ thresholds: UnsafeRawPointer, _ lanes: UInt32,
        _ spikes: SpikePlace
    ) {
        self.other = other
        threshold = L.load(thresholds)
        hasUnits = units != nil
        places = units.map { L.load($0) } ?? L.broadcast(0)
        input = other.lines
        inputStride = other.steps == 1 ? 0 : 64
        self.kept = kept
        writer = SpikeWriter(spikes, lanes: lanes)
    }

    @inline(__always)
    mutating func begin(token: Int) {
        input = other.line(token: token, step: 0)
        neurons = Neurons()
    }

    @inline(__always)
    mutating func take(_ sum: L.Line) {
        var added = L.load(input)
        if hasUnits { added = L.shiftedRightEach(added, places) }
        let current = L.boundedSum(sum, added)
        L.store(current, kept)
        writer.write(neurons.step(current, threshold: threshold))
        input += inputStride
        kept += 64
    }
}

/// Channel mixing's hidden neurons.
struct ExpandConsumer<L: Lanes>: SumConsumer {
    private let thresholds: UnsafePointer<TokenThreshold>
    private let units: UnsafeRawPointer?
    private var shift: Int32 = 0
    private var offset = L.broadcast(0)
    private var threshold = L.broadcast(0)
    private var turned = L.broadcast(0)
    private var gate = L.broadcast(0)
    private var writer: SpikeWriter<L>
    private var neurons = Neurons<L>()

    @inline(__always)
    init(_ thresholds: UnsafePointer<TokenThreshold>, _ units: UnsafeRawPointer?, _ lanes: UInt32, _ spikes: SpikePlace) {
        self.thresholds = thresholds
        self.units = units
        writer = SpikeWriter(spikes, lanes: lanes)
    }

    @inline(__always)
    mutating func begin(token: Int) {
        let neuron = thresholds[token]
        shift = neuron.shift
        offset = inUnits(L.self, neuron.offset, units)
        threshold = inUnits(L.self, neuron.threshold, units)
        turned = L.broadcast(neuron.turned)
        gate = L.broadcast(neuron.gate)
        neurons = Neurons()
    }

    @inline(__always)
    mutating func take(_ sum: L.Line) {
        let current = L.boundedSum(L.both(L.shiftedRight(sum, shift), gate), offset)
        writer.write(neurons.step(current, threshold: threshold, turned: turned))
    }
}

/// Sums scaled token by token, and the neurons behind them.
struct ContractConsumer<L: Lanes>: SumConsumer {
    private let scales: UnsafePointer<TokenScale>
    private let thresholds: L.Line
    private var scale: LineScale<L>
    private var threshold: L.Line
    private var drop: Int32 = 0
    private var kept: UnsafeRawPointer
    private var writer: SpikeWriter<L>
    private var neurons = Neurons<L>()

    @inline(__always)
    init(
        _ kept: UnsafeRawPointer, _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?,
        _ thresholds: UnsafeRawPointer, _ lanes: UInt32, _ spikes: SpikePlace
    ) {
        self.scales = scales
        self.thresholds = L.load(thresholds)
        threshold = self.thresholds
        scale = LineScale(shifts, units)
        self.kept = kept
        writer = SpikeWriter(spikes, lanes: lanes)
    }

    @inline(__always)
    mutating func begin(token: Int) {
        scale.begin(scales[token])
        drop = scales[token].drop
        threshold = L.shiftedRight(thresholds, drop)
        neurons = Neurons()
    }

    @inline(__always)
    mutating func take(_ sum: L.Line) {
        step(scale.apply(sum))
    }

    /// One walk over the token's terms serves four frames.
    @inline(__always)
    mutating func take(_ first: L.Line, _ second: L.Line, _ third: L.Line, _ fourth: L.Line) {
        let scaled = scale.apply(first, second, third, fourth)
        step(scaled.0)
        step(scaled.1)
        step(scaled.2)
        step(scaled.3)
    }

    @inline(__always)
    private mutating func step(_ scaled: L.Line) {
        let other = L.shiftedRight(L.load(kept), drop)
        writer.write(neurons.step(L.boundedSum(scaled, other), threshold: threshold))
        kept += 64
    }
}
