internal import Diagnostics

/// Random choices that are the same on every machine.
package enum Sample {
    /// `count` different numbers below `total`, ascending; all of them where there are no more.
    ///
    /// Floyd's algorithm (Bentley and Floyd, "A sample of brilliance", 1987).
    package static func indices(_ count: Int, below total: Int, seed: UInt64) -> [Int] {
        guard count < total else { return Array(0..<max(total, 0)) }
        var generator = SeededGenerator(seed: seed)
        var chosen: Set<Int> = []
        for limit in (total - count)..<total where !chosen.insert(generator.integer(below: limit + 1)).inserted { chosen.insert(limit) }
        return chosen.sorted()
    }
}
