/// A moment by which something has to be done. It stands on a clock that nobody sets.
public struct Deadline: Sendable {
    private var moment: ContinuousClock.Instant
    let clock: SteadyClock

    /// The moment after `time` from now.
    public init(in time: Duration, on clock: SteadyClock = .system) {
        self.clock = clock
        moment = clock.now + time
    }

    /// The deadline that much later.
    public func later(by time: Duration) -> Deadline {
        var later = self
        later.moment += time
        return later
    }

    public var isPast: Bool { clock.now >= moment }

    /// The time until then; none once it is past.
    public var left: Duration { max(moment - clock.now, .zero) }
}

extension Duration {
    /// Whole milliseconds, rounded up, as C functions take them; 0 for a negative time.
    public var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < 2_000_000 else { return Int32.max }
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(0, milliseconds))
    }
}
