/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): the same numbers from the same seed
/// on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        defer { state &+= Self.step }
        return Self.mixed(state)
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The first number of the seed `value`: close values give numbers that have nothing in common.
    package static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value &+ step
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    package mutating func integer(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of `range`. Written out, because the standard library does not promise the same one in every version.
    package mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// A number of `range`, to the thousandth.
    package mutating func seconds(in range: ClosedRange<Double>) -> Double {
        let thousandths = integer(in: Int(range.lowerBound * 1000)...Int(range.upperBound * 1000))
        return Double(thousandths) / 1000
    }

    /// The elements in another order.
    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, integer(in: 0...last))
        }
        return elements
    }
}
