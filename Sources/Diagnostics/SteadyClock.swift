/// Time that only goes forward, whatever is done to the wall clock. All loops take theirs from one, so that tests can give them another.
public struct SteadyClock: Sendable {
    private let read: @Sendable () -> ContinuousClock.Instant
    /// After so long a wait has to look at the clock again; nil for a clock that goes as the machine's does.
    let longestNap: Duration?

    /// - Parameters:
    ///   - longestNap: how long a wait may miss that the clock was set; nil for a clock that goes as the machine's does.
    ///   - read: the time, which never goes back.
    public init(longestNap: Duration? = nil, read: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.longestNap = longestNap
        self.read = read
    }

    /// The machine's own.
    public static let system = SteadyClock { .now }

    public var now: ContinuousClock.Instant { read() }
}
