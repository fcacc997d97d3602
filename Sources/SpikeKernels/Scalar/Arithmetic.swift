/// The operations that the specification is written with. A type that counts them shows what an inference is made of.
///
/// Numbers are unbounded integers here; that they fit the lanes is checked where a sum is finished.
package protocol Arithmetic: Sendable {
    func sum(_ a: Int, _ b: Int) -> Int
    /// Adds a weight because a spike arrived: a synaptic operation.
    func sum(_ sum: Int, ofSpikeWith weight: Int) -> Int
    func difference(_ a: Int, _ b: Int) -> Int
    /// Towards negative infinity.
    func shiftedRight(_ a: Int, by count: Int) -> Int
    func shiftedLeft(_ a: Int, by count: Int) -> Int
    func isAtLeast(_ a: Int, _ b: Int) -> Bool
    func product(_ a: Int, _ b: Int) -> Int
}

extension Arithmetic {
    @inline(__always)
    package func sum(_ sum: Int, ofSpikeWith weight: Int) -> Int { self.sum(sum, weight) }

    /// `value` cut off below and above: two comparisons.
    @inline(__always)
    func limited(_ value: Int, from lowest: Int, to highest: Int) -> Int {
        let raised = isAtLeast(value, lowest) ? value : lowest
        return isAtLeast(raised, highest) ? highest : raised
    }
}

/// The operations themselves.
package struct PlainArithmetic: Arithmetic {
    package init() {}

    @inline(__always) package func sum(_ a: Int, _ b: Int) -> Int { a &+ b }
    @inline(__always) package func difference(_ a: Int, _ b: Int) -> Int { a &- b }
    @inline(__always) package func shiftedRight(_ a: Int, by count: Int) -> Int { a >> count }
    @inline(__always) package func shiftedLeft(_ a: Int, by count: Int) -> Int { a << count }
    @inline(__always) package func isAtLeast(_ a: Int, _ b: Int) -> Bool { a >= b }
    @inline(__always) package func product(_ a: Int, _ b: Int) -> Int { a &* b }
}

/// How many operations of each kind were done.
package struct OperationCounts: Sendable, Hashable, Codable {
    package var additions = 0
    /// Those of the additions that a spike caused.
    package var synapticAdditions = 0
    package var subtractions = 0
    package var shifts = 0
    package var comparisons = 0
    package var multiplications = 0

    package init() {}

    package static func + (a: OperationCounts, b: OperationCounts) -> OperationCounts {
        var sum = a
        sum.additions += b.additions
        sum.synapticAdditions += b.synapticAdditions
        sum.subtractions += b.subtractions
        sum.shifts += b.shifts
        sum.comparisons += b.comparisons
        sum.multiplications += b.multiplications
        return sum
    }
}

/// Does and counts each operation. One thread uses it.
package final class CountingArithmetic: Arithmetic, @unchecked Sendable {
    package private(set) var counts = OperationCounts()

    package init() {}

    /// Hands out what was counted since the last call.
    package func take() -> OperationCounts {
        defer { counts = OperationCounts() }
        return counts
    }

    package func sum(_ a: Int, _ b: Int) -> Int {
        counts.additions &+= 1
        return a &+ b
    }

    package func sum(_ sum: Int, ofSpikeWith weight: Int) -> Int {
        counts.synapticAdditions &+= 1
        return self.sum(sum, weight)
    }

    package func difference(_ a: Int, _ b: Int) -> Int {
        counts.subtractions &+= 1
        return a &- b
    }

    package func shiftedRight(_ a: Int, by count: Int) -> Int {
        counts.shifts &+= 1
        return a >> count
    }

    package func shiftedLeft(_ a: Int, by count: Int) -> Int {
        counts.shifts &+= 1
        return a << count
    }

    package func isAtLeast(_ a: Int, _ b: Int) -> Bool {
        counts.comparisons &+= 1
        return a >= b
    }

    package func product(_ a: Int, _ b: Int) -> Int {
        counts.multiplications &+= 1
        return a &* b
    }
}
