/// How long something took, how often: counts of times in buckets that are each 3 % wider than the one before. Its size is fixed.
public struct LatencyHistogram: Sendable, Hashable, Codable {
    /// Element i counts times from ``lowerBound(of:)`` of i on.
    private var counts: [Int]

    /// From 1 microsecond to more than an hour.
    private static let buckets = 800
    private static let width = 1.03

    public init() {
        counts = Array(repeating: 0, count: Self.buckets)
    }

    public mutating func add(_ duration: Duration) {
        let microseconds = Double(duration.components.seconds) * 1e6 + Double(duration.components.attoseconds) * 1e-12
        var bucket = 0
        var bound = Self.width
        while bound <= microseconds, bucket < Self.buckets - 1 {
            bound *= Self.width
            bucket += 1
        }
        counts[bucket] += 1
    }

    public mutating func add(_ other: LatencyHistogram) {
        for (bucket, count) in other.counts.enumerated() where counts.indices.contains(bucket) { counts[bucket] += count }
    }

    public var count: Int { counts.reduce(0, +) }

    /// Microseconds that the given fraction of times did not exceed, within 3 %; 0 where there are none.
    public func percentile(_ fraction: Double) -> Double {
        let wanted = max(1, Int((Double(count) * fraction).rounded(.up)))
        var seen = 0
        var bound = Self.width
        for bucket in counts {
            seen += bucket
            if seen >= wanted { return bound }
            bound *= Self.width
        }
        return 0
    }
}
