import SpikeKernels

/// A token's scale as the folding makes them: terms, largest first, and a limit that keeps their sum in the lanes.
struct RandomScale {
    let scale: TokenScale

    /// - Parameter isDropping: whether what else reaches the neuron may be shifted.
    init(_ pair: KernelPair, firstShift: Int, terms: inout [Int32], isDropping: Bool = false, _ random: inout TestRandom) {
        var added: [Int32] = []
        var subtracted: [Int32] = []
        var factor = 0.0
        var shift = firstShift + random.number(0...2)
        for _ in 0..<random.number(0...6) where shift < pair.laneBits {
            if random.chance(0.5) {
                added.append(Int32(shift))
                factor += 1 / Double(1 << shift)
            } else {
                subtracted.append(Int32(shift))
                factor -= 1 / Double(1 << shift)
            }
            shift += random.number(1...3)
        }
        // Sums in wide lanes leave room for this only where they are small.
        let raise = firstShift > 0 || random.chance(0.6) ? 0 : random.number(1...4)
        let offset = random.pick([0, random.number(within: 3), random.number(within: pair.isNarrow ? 16383 : 1 << 28)])
        let largest = pair.isNarrow ? Int(Int16.max) : Int(Int32.max)
        let room = Double(largest - abs(offset) - added.count - subtracted.count)
        let limit = min(Double(largest >> raise), (room / max(abs(factor) * Double(1 << raise), 0x1p-40)).rounded(.down))
        scale = TokenScale(
            offset: Int32(offset), limit: Int32(limit), raise: Int32(raise),
            drop: Int32(isDropping && random.chance(0.3) ? random.number(1...pair.laneBits - 2) : 0), firstTerm: Int32(terms.count),
            addedTerms: Int32(added.count), subtractedTerms: Int32(subtracted.count))
        terms += added + subtracted
    }

    /// Scales of some tokens or frames, and the terms of all of them.
    static func table(
        _ pair: KernelPair, count: Int, firstShift: Int, isDropping: Bool = false, _ random: inout TestRandom
    ) -> (scales: LineBuffer, terms: LineBuffer) {
        var terms: [Int32] = []
        let scales = (0..<count).map { _ in
            RandomScale(pair, firstShift: firstShift, terms: &terms, isDropping: isDropping, &random).scale
        }
        return (LineBuffer(scales), LineBuffer(terms))
    }
}
