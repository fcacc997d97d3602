internal import Networks
internal import SpikeKernels

/// One addend of a current in whole numbers.
struct FoldedTerm: Sendable {
    enum Work: Sendable {
        case rows(RowWeights, sources: [ListedSource], window: GridWindow?, rowsPerTap: Int)
        case window(spikes: Int, GridWindow, weights: LineBuffer)
        /// The amplitudes are lines.
        case spikes([Int], LineBuffer)
        case positions([Int], LineBuffer)
        /// With lines of the places that it is shifted right by.
        case current(Int, LineBuffer?)
        case products(current: Int, FoldedProducts)
        case image(FoldedPixels)
        case mix(spikes: Int, FoldedAxis)
        case attention(FoldedAttention)
    }

    var work: Work
    var scale: FoldedScale?
    /// Lines of what is added before it is scaled, where its sums do not begin with it.
    var bias: LineBuffer?
    /// Layers whose operations these are, with the outputs of each.
    var layers: [(layer: Int, outputs: Int)]
    /// The counts or means that those layers read, where they read such.
    var counted: [CountedPart] = []

    /// Spikes that are listed as rows from `row` on.
    struct ListedSource: Sendable {
        var spikes: Int
        var row: Int
    }

    var isListed: Bool { if case .rows = work { true } else { false } }

    /// What has to be computed for all positions at once.
    var isGlobal: Bool {
        switch work {
        case .mix, .attention, .image, .positions: true
        default: false
        }
    }

    var listed: (rows: Int, sources: Int) {
        guard case .rows(let weights, let sources, let window, let rowsPerTap) = work else { return (0, 0) }
        let taps = rowsPerTap == 0 ? window?.taps ?? 1 : 1
        return (weights.inputs * taps * max(sources.count, 1), sources.count)
    }

    /// Frames of a time step that are listed one by one for so many output positions of a convolution, and the spikes that they can have.
    func listedPositions(outputs: Int) -> (frames: Int, channels: Int) {
        guard case .rows(let weights, let sources, let window?, let rowsPerTap) = work, window.overlaps else { return (0, 0) }
        let inputs = window.inputs(belowOutputs: outputs)
        let channels = rowsPerTap == 0 ? weights.inputs : rowsPerTap
        return (inputs * sources.count, inputs * sources.count * channels)
    }

    var spikeReads: Set<Int> {
        switch work {
        case .rows(_, let sources, _, _): Set(sources.map(\.spikes))
        case .window(let spikes, _, _): [spikes]
        case .spikes(let planes, _), .positions(let planes, _): Set(planes)
        case .mix(let spikes, _): [spikes]
        case .attention(let attention): [attention.query, attention.key, attention.value]
        case .current, .products, .image: []
        }
    }

    var currentReads: Set<Int> {
        switch work {
        case .current(let node, _): [node]
        case .products(let node, _): [node]
        default: []
        }
    }

    /// Whether an output reads its own position alone.
    var isLocal: Bool {
        switch work {
        case .rows(_, _, let window, _): window == nil
        case .spikes, .current: true
        default: false
        }
    }

    var bytes: Int {
        let own: Int =
            switch work {
            case .rows(let weights, _, _, _): weights.bytes
            case .window(_, _, let weights): weights.bytes
            case .spikes(_, let lines), .positions(_, let lines): lines.bytes
            case .products(_, let products): products.bytes
            case .image(let pixels): pixels.bytes
            case .mix(_, let axis): axis.bytes
            case .current, .attention: 0
            }
        return own + (scale?.bytes ?? 0) + (bias?.bytes ?? 0)
    }
}

/// Factors of positions and time steps.
struct FoldedScale: Sendable {
    /// `[positions][times]`, or one for all positions.
    let scales: [TokenScale]
    let times: Int
    /// Tells it from all others of a program.
    var key = 0
    private let shifts: LineBuffer
    /// Lines of the places that offsets are shifted right by.
    private let units: LineBuffer?

    init(_ table: ScaleTable, times: Int, units: LineBuffer?) {
        scales = table.scales
        self.times = times
        shifts = LineBuffer(table.shifts)
        self.units = units
    }

    var bytes: Int { scales.count * MemoryLayout<TokenScale>.stride + shifts.bytes + (units?.bytes ?? 0) }
    var shiftTable: UnsafeMutablePointer<Int32> { shifts.records(of: Int32.self) }
    func unitLine(_ tile: Int) -> UnsafeRawPointer? { units.map { UnsafeRawPointer($0.line(tile)) } }

    /// One for each frame.
    func table(tokens: Int, steps: Int) -> LineBuffer {
        let positions = scales.count / times
        let buffer = LineBuffer(count: tokens * steps, of: TokenScale.self)
        for token in 0..<tokens {
            for step in 0..<steps {
                buffer.set(token * steps + step, scales[(positions == 1 ? 0 : token) * times + min(step, times - 1)])
            }
        }
        return buffer
    }
}

/// Spikes with spikes over positions.
struct FoldedAttention: Sendable {
    let query: Int
    let key: Int
    let value: Int
    let heads: Int
    let channels: Int
    /// What one product counts.
    let unit: Int32

    func products(_ pass: FixedPass, tile: Int, _ tiling: Tiling) -> SpikeProducts {
        let width = channels / heads
        let first = tile * tiling.lanes
        return SpikeProducts(
            query: pass.bits(query).source(), key: pass.bits(key).source(),
            value: pass.bits(value).place(byte: tiling.bitOffset(tile)), headChannels: width, firstChannel: first / width * width,
            endChannel: min((min(first + tiling.lanes, channels) + width - 1) / width * width, channels), firstLane: first, unit: unit,
            scratch: pass.headScratch.line(0))
    }
}
