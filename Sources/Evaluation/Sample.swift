/// Random choices that are the same on every machine.
package enum Sample {
    /// `count` different numbers below `total`, ascending; all of them where there are no more.
    ///
    /// Floyd's algorithm on SplitMix64 (Bentley and Floyd, "A sample of brilliance", 1987).
    package static func indices(_ count: Int, below total: Int, seed: UInt64) -> [Int] {
        guard count < total else { return Array(0..<max(total, 0)) }
        var state = seed
        func next(below bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)).multipliedFullWidth(by: UInt64(bound)).high)
        }
        var chosen: Set<Int> = []
        for limit in (total - count)..<total where !chosen.insert(next(below: limit + 1)).inserted { chosen.insert(limit) }
        return chosen.sorted()
    }
}
