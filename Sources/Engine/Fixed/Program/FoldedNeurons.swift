internal import Networks
internal import SpikeKernels

/// A group of neurons in whole numbers: what fires from lines of currents.
struct FoldedNeurons: Sendable {
    let node: Int
    let group: Int
    let slot: SpikeSlot
    let tiling: Tiling
    /// `[tiles]` lines each.
    private let thresholds: LineBuffer
    private let offsets: LineBuffer?
    private let initial: LineBuffer?
    private let turned: LineBuffer?
    private let leak: LineBuffer
    private let leakTerms: Int
    private let isSoft: Bool

    init(_ plan: NeuronPlan, slot: SpikeSlot, units: [Double], group: Int, precision: Precision) {
        node = plan.node
        self.group = group
        self.slot = slot
        tiling = Tiling(channels: slot.width, precision: precision)
        let lines = tiling.tiles
        let hasScale = plan.scale != nil
        let thresholds = LineBuffer(lines: lines)
        let offsets = hasScale ? LineBuffer(lines: lines) : nil
        let turned = hasScale ? LineBuffer(lines: lines) : nil
        let initial = plan.resetValue == 0 ? nil : LineBuffer(lines: lines)
        func set(_ buffer: LineBuffer, _ lane: Int, _ value: Double, within limit: Double) {
            let value = max(min(nearest(max(min(value, 0x1p50), -0x1p50)), limit), -limit)
            if precision == .fixed32 { buffer.set(lane, Int32(value)) } else { buffer.set(lane, Int16(value)) }
        }
        let share = plan.inputShare
        for channel in 0..<slot.channels {
            let lane = slot.first + channel
            let (scale, shift) = (plan.scale?[channel] ?? 1, plan.shift?[channel] ?? 0)
            guard abs(scale) > 1e-30 else {
                // No current reaches the neuron: it fires at the first step or never.
                let fires = shift * share >= plan.neuron.threshold - plan.resetValue
                set(thresholds, lane, fires ? -precision.largestSum : precision.largestSum, within: precision.largestSum)
                continue
            }
            let exact = plan.threshold / scale * units[lane]
            var threshold = nearest(max(min(exact, 0x1p50), -0x1p50))
            if plan.neuron.isStrict { threshold = scale > 0 ? exact.rounded(.down) + 1 : exact.rounded(.up) - 1 }
            // A threshold is at least one unit away from rest.
            if threshold == 0 { threshold = scale > 0 ? 1 : -1 }
            set(thresholds, lane, threshold, within: precision.largestSum)
            if let offsets { set(offsets, lane, shift / scale * units[lane], within: precision.largestCurrent) }
            if let initial { set(initial, lane, -plan.resetValue / share / scale * units[lane], within: precision.largestCurrent) }
            if let turned, scale < 0 {
                if precision == .fixed32 { turned.set(lane, Int32(-1)) } else { turned.set(lane, Int16(-1)) }
            }
        }
        (self.thresholds, self.offsets, self.initial, self.turned) = (thresholds, offsets, initial, turned)
        let (added, subtracted) = signedPowers(
            1 - plan.share, resolution: precision == .fixed32 ? 0x1p-31 : 0x1p-15, deepest: precision.laneBits - 1)
        let terms = added.map { LeakTerm(shift: $0) } + subtracted.map { LeakTerm(shift: $0, isSubtracted: true) }
        leak = LineBuffer(terms)
        leakTerms = terms.count
        isSoft = plan.neuron.reset == .soft
    }

    var bytes: Int { [offsets, initial, turned].reduce(thresholds.bytes + leak.bytes) { $0 + ($1?.bytes ?? 0) } }

    func thresholdLine(_ tile: Int) -> UnsafeRawPointer { UnsafeRawPointer(thresholds.line(tile)) }

    func place(_ pass: FixedPass, tile: Int, first: Int) -> SpikePlace {
        pass.bits(node).place(byte: tiling.bitOffset(tile), frame: first * pass.steps)
    }

    /// Fires the neurons of one tile from its currents.
    func fire(_ pass: FixedPass, _ currents: CurrentLines, tile: Int, first: Int, extent: Extent) {
        let neurons = NeuronTile(
            threshold: thresholds.line(tile), offset: offsets.map { UnsafeRawPointer($0.line(tile)) },
            initial: initial.map { UnsafeRawPointer($0.line(tile)) }, turned: turned.map { UnsafeRawPointer($0.line(tile)) },
            leak: leak.records(of: LeakTerm.self), leakTerms: leakTerms, isSoft: isSoft,
            lanes: tiling.laneMask(tile, slot.first..<slot.first + slot.channels))
        pass.kernels.fire(currents, extent, neurons, place(pass, tile: tile, first: first))
    }
}

/// Neurons on a stored current.
struct FireStep: ProgramStep {
    let neurons: FoldedNeurons
    let current: Int

    var tokens: Int { neurons.slot.tokens }
    var currentReads: Set<Int> { [current] }
    var spikeWrites: Set<Int> { [neurons.node] }
    var bytes: Int { neurons.bytes }

    func run(_ pass: FixedPass, first: Int, count: Int) {
        pass.begin(.neurons)
        for tile in 0..<neurons.tiling.tiles {
            let currents = pass.current(current).currents(tile: tile, token: first)
            neurons.fire(pass, currents, tile: tile, first: first, extent: pass.extent(count))
        }
    }

    func finish(_ pass: FixedPass) { pass.record(neurons) }
}
