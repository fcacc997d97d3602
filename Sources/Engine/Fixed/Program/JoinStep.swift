internal import Foundation
internal import Networks
internal import SpikeKernels

/// One part of a concatenation, from channel `first` on.
struct JoinedPart {
    enum Source {
        case current(Int)
        /// Planes that are added up, each spike being `amplitude`.
        case spikes([[SpikeSlice]], amplitude: Double)
    }

    var source: Source
    var first: Int
    var channels: Int

    var current: Int? { if case .current(let node) = source { node } else { nil } }
}

/// Copies currents and spikes together to one current: a place for each channel, which is no arithmetic but for shifts to the channel's unit.
struct JoinStep: ProgramStep {
    struct Part: Sendable {
        enum Source: Sendable {
            /// With what brings each channel to its unit.
            case current(Int, [UnitChange])
            /// Spikes' first rows in the part, and what a spike is in each channel.
            case spikes([FoldedTerm.ListedSource], [Int])
        }

        let source: Source
        let first: Int
        let channels: Int
    }

    let node: Int
    let slot: CurrentSlot
    let parts: [Part]

    var tokens: Int { slot.tokens }
    var currentReads: Set<Int> {
        Set(parts.compactMap { part in if case .current(let node, _) = part.source { node } else { nil } })
    }
    var spikeReads: Set<Int> {
        parts.reduce(into: []) { reads, part in
            if case .spikes(let spikes, _) = part.source { reads.formUnion(spikes.map(\.spikes)) }
        }
    }
    var currentWrites: Set<Int> { [node] }

    func run(_ pass: FixedPass, first: Int, count: Int) {
        pass.begin(.pooling)
        let steps = slot.isConstant ? 1 : pass.steps
        for token in first..<first + count {
            for step in 0..<steps {
                for part in parts {
                    switch part.source {
                    case .current(let other, let changes):
                        for channel in 0..<part.channels {
                            let value = changes[channel].applied(to: pass.value(other, channel: channel, token: token, step: step))
                            pass.set(node, channel: part.first + channel, token: token, step: step, value)
                        }
                    case .spikes(let sources, let amplitudes):
                        for channel in 0..<part.channels {
                            let count = sources.count { pass.spikes($0, channel: channel, token: token, step: step) }
                            var sum = 0
                            for _ in 0..<count { sum += amplitudes[channel] }
                            pass.set(node, channel: part.first + channel, token: token, step: step, sum)
                        }
                    }
                }
            }
        }
    }
}

/// What brings a current to a coarser unit: a shift, or where a mean's divisor is no power of two a short sum of shifts.
struct UnitChange: Sendable {
    private let added: [Int32]
    private let subtracted: [Int32]

    init(places: Int, divisor: Double) {
        let places = min(places, Self.spareBits)
        let sum = divisor == 1 ? ([Int32(places)], []) : signedPowers(scalbn(1 / divisor, -places), resolution: 0x1p-40, deepest: 40)
        (added, subtracted) = sum
    }

    private static let spareBits = 31

    func applied(to value: Int) -> Int {
        let raised = value << Self.spareBits
        return (added.reduce(0) { $0 + raised >> Int($1) } - subtracted.reduce(0) { $0 + raised >> Int($1) }) >> Self.spareBits
    }
}

extension JoinStep.Part {
    /// - Parameter node: the joined current.
    init(_ part: JoinedPart, of node: Int, _ units: Units) {
        let channels = part.first..<part.first + part.channels
        (first, self.channels) = (part.first, part.channels)
        switch part.source {
        case .current(let other):
            let factor = units.factor(of: other)
            source = .current(
                other,
                zip(units.exponents(of: other), units.exponents(of: node)[channels]).map {
                    UnitChange(places: max($0 - $1, 0), divisor: factor)
                })
        case .spikes(let planes, let amplitude):
            let units = units.units(of: node)
            source = .spikes(FoldedTerm.ListedSource.all(of: planes), channels.map { Int(nearest(amplitude * units[$0])) })
        }
    }
}

extension FixedPass {
    fileprivate func set(_ node: Int, channel: Int, token: Int, step: Int, _ value: Int) {
        let buffer = current(node)
        let line = buffer.line(tile: channel / kernels.lanes, token: token) + step * LineBuffer.lineBytes
        let lane = channel % kernels.lanes
        if kernels.laneBits == 32 {
            line.storeBytes(of: Int32(clamping: value), toByteOffset: lane * 4, as: Int32.self)
        } else {
            line.storeBytes(of: Int16(clamping: value), toByteOffset: lane * 2, as: Int16.self)
        }
    }

    fileprivate func spikes(_ source: FoldedTerm.ListedSource, channel: Int, token: Int, step: Int) -> Bool {
        guard let slot = network.spikes[source.spikes], (0..<slot.channels).contains(channel - source.row) else { return false }
        let place = slot.first + channel - source.row
        return bits(source.spikes).word(token * steps + step, place / 64) >> UInt64(place % 64) & 1 == 1
    }
}
