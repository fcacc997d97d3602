/// Random numbers that a seed determines, the same on every machine (SplitMix64).
struct TestRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of -bound...bound; every fourth time one of the two ends.
    mutating func number(within bound: Int) -> Int {
        switch number(0...7) {
        case 0: bound
        case 1: -bound
        default: number(-bound...bound)
        }
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }

    /// True with this probability.
    mutating func chance(_ probability: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < probability }

    /// A firing rate: none, few, half, nearly all or all.
    mutating func rate() -> Double { pick([0, 0.02, 0.1, 0.5, 0.97, 1]) }
}
