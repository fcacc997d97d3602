import Engine
import SpikeKernels
import Testing

/// A vector kernel set and the specification of its lanes.
struct KernelPair: CustomTestStringConvertible {
    let specification: KernelSet
    let kernels: KernelSet

    var laneBits: Int { kernels.laneBits }
    var lanes: Int { kernels.lanes }
    var isNarrow: Bool { laneBits == 16 }
    var testDescription: String { "\(kernels.name), \(laneBits) bits" }

    /// All that this processor runs.
    static let all: [KernelPair] = [16, 32].flatMap { bits in
        KernelSelection.runnableNames.compactMap { name in
            guard name != "scalar", let kernels = try? KernelSelection.kernels(laneBits: bits, forced: name) else { return nil }
            return KernelPair(specification: .scalar(laneBits: bits, numbers: PlainArithmetic()), kernels: kernels)
        }
    }

    static let narrow = all.filter(\.isNarrow)

    /// The largest current that is kept.
    var largestCurrent: Int { isNarrow ? 32767 : 1 << 30 - 1 }
    var largestThreshold: Int { isNarrow ? 1 << 13 : 1 << 28 }

    /// Runs a case for every seed, and says which seed failed first and with what.
    ///
    /// - Parameter body: what went wrong, nil for nothing.
    func forEachSeed(_ count: Int, _ body: (inout TestRandom) -> String?) {
        for seed in 0..<UInt64(count) {
            var random = TestRandom(seed: seed)
            if let difference = body(&random) {
                Issue.record("\(testDescription), seed \(seed): \(difference)")
                return
            }
        }
    }

    var allLanes: UInt32 { isNarrow ? .max : 0xffff }

    /// The lanes of a tile that are outputs: all, a few, or any.
    func laneMask(_ random: inout TestRandom) -> UInt32 {
        let all = allLanes
        return switch random.number(0...3) {
        case 0: all
        case 1: (1 << UInt32(random.number(1...lanes - 1))) - 1
        default: UInt32(truncatingIfNeeded: random.next()) & all
        }
    }

    /// A line's worth of values in these lanes.
    func line(_ values: [Int]) -> LineBuffer {
        isNarrow ? LineBuffer(values.map { Int16($0) }) : LineBuffer(values.map { Int32($0) })
    }

    func value(_ lines: GuardedLines, _ index: Int) -> Int {
        isNarrow ? lines.value(index, as: Int16.self) : lines.value(index, as: Int32.self)
    }

    func set(_ lines: GuardedLines, _ index: Int, _ value: Int) {
        if isNarrow { lines.set(index, Int16(value)) } else { lines.set(index, Int32(value)) }
    }

    /// Lines of random currents; every third time so small that they meet thresholds exactly.
    func lines(_ count: Int, within bound: Int, _ random: inout TestRandom) -> GuardedLines {
        let memory = GuardedLines(bytes: count * LineBuffer.lineBytes, &random)
        let bound = random.chance(0.3) ? min(3, bound) : bound
        for index in 0..<count * lanes { set(memory, index, random.number(within: bound)) }
        return memory
    }

    /// Lines of thresholds: all the lowest, the largest, or any.
    func thresholds(count: Int = 1, _ random: inout TestRandom) -> LineBuffer {
        let common = random.pick([0, 1, 4, largestThreshold])
        return line((0..<count * lanes).map { _ in common > 0 ? common : random.pick([1, 2, random.number(1...largestThreshold)]) })
    }

    /// Lines of places to shift right by, or none.
    func units(count: Int = 1, _ random: inout TestRandom) -> LineBuffer? {
        guard random.chance(0.5) else { return nil }
        return line((0..<count * lanes).map { _ in random.pick([0, 1, random.number(0...laneBits - 1)]) })
    }

    /// Runs a kernel and its specification on copies of `lines`, and says where they differ in a lane of the mask.
    func compare(
        _ expected: GuardedLines, lines: Int, lanes mask: UInt32, keeping: [LineBuffer],
        _ run: (KernelSet, UnsafeMutableRawPointer) -> Void
    ) -> String? {
        let found = GuardedLines(copying: expected)
        return withExtendedLifetime(keeping) {
            run(specification, expected.base)
            run(kernels, found.base)
            return difference(expected, found, lines: lines, lanes: mask, "currents")
        }
    }

    /// The same for spikes: every byte of all frames counts.
    func compare(_ expected: SpikeField, keeping: [LineBuffer], _ run: (KernelSet, SpikePlace) -> Void) -> String? {
        let found = expected.copy
        return withExtendedLifetime(keeping) {
            run(specification, expected.place)
            run(kernels, found.place)
            return difference(expected.memory, found.memory)
        }
    }

    /// Where two outputs of lines differ in a lane of the mask, or a guard is gone.
    ///
    /// - Parameters:
    ///   - lines: of one tile.
    ///   - lastLanes: the mask of the last tile, where there are several.
    func difference(
        _ expected: GuardedLines, _ found: GuardedLines, lines: Int, lanes mask: UInt32, tiles: Int = 1, lastLanes: UInt32? = nil,
        _ what: String
    ) -> String? {
        if !found.isGuardUntouched { return "\(what): wrote beside its memory" }
        for line in 0..<tiles * lines {
            let mask = line / lines == tiles - 1 ? lastLanes ?? mask : mask
            for lane in 0..<lanes where mask >> UInt32(lane) & 1 == 1 {
                let (wanted, got) = (value(expected, line * lanes + lane), value(found, line * lanes + lane))
                if wanted != got { return "\(what): line \(line), lane \(lane) is \(got) instead of \(wanted)" }
            }
        }
        return nil
    }

    /// Where two outputs of spikes differ: every byte of all frames counts.
    func difference(_ expected: GuardedLines, _ found: GuardedLines, _ what: String = "spikes") -> String? {
        if !found.isGuardUntouched { return "\(what): wrote beside its memory" }
        let (wanted, got) = (expected.contents, found.contents)
        guard let place = wanted.indices.first(where: { wanted[$0] != got[$0] }) else { return nil }
        return "\(what): byte \(place) is \(got[place]) instead of \(wanted[place])"
    }
}
