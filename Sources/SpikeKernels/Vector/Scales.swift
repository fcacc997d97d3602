internal import SpikeKernels

/// A token's number in the unit of each lane.
@inline(__always)
func inUnits<L: Lanes>(_: L.Type, _ number: Int32, _ units: UnsafeRawPointer?) -> L.Line {
    let line = L.broadcast(number)
    guard let units else { return line }
    return L.shiftedRightEach(line, L.load(units))
}

/// Applies a token's scale to lines.
struct LineScale<L: Lanes> {
    private let shifts: UnsafePointer<Int32>
    private let units: UnsafeRawPointer?
    private var scale = TokenScale(offset: 0, limit: 0, raise: 0, firstTerm: 0, addedTerms: 0, subtractedTerms: 0)
    private var offset = L.broadcast(0)

    @inline(__always)
    init(_ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?) {
        self.shifts = shifts
        self.units = units
    }

    @inline(__always)
    mutating func begin(_ scale: TokenScale) {
        self.scale = scale
        offset = inUnits(L.self, scale.offset, units)
    }

    @inline(__always)
    func apply(_ sum: L.Line) -> L.Line {
        let added = shifts + Int(scale.firstTerm)
        let subtracted = added + Int(scale.addedTerms)
        let sum = raised(sum)
        var scaled = offset
        for term in 0..<Int(scale.addedTerms) {
            scaled = L.sum(scaled, L.shiftedRight(sum, added[term]))
        }
        for term in 0..<Int(scale.subtractedTerms) {
            scaled = L.difference(scaled, L.shiftedRight(sum, subtracted[term]))
        }
        return scaled
    }

    @inline(__always)
    func apply(_ first: L.Line, _ second: L.Line, _ third: L.Line, _ fourth: L.Line) -> (L.Line, L.Line, L.Line, L.Line) {
        let added = shifts + Int(scale.firstTerm)
        let subtracted = added + Int(scale.addedTerms)
        let sums = (raised(first), raised(second), raised(third), raised(fourth))
        var scaled = (offset, offset, offset, offset)
        for term in 0..<Int(scale.addedTerms) {
            let shift = added[term]
            scaled.0 = L.sum(scaled.0, L.shiftedRight(sums.0, shift))
            scaled.1 = L.sum(scaled.1, L.shiftedRight(sums.1, shift))
            scaled.2 = L.sum(scaled.2, L.shiftedRight(sums.2, shift))
            scaled.3 = L.sum(scaled.3, L.shiftedRight(sums.3, shift))
        }
        for term in 0..<Int(scale.subtractedTerms) {
            let shift = subtracted[term]
            scaled.0 = L.difference(scaled.0, L.shiftedRight(sums.0, shift))
            scaled.1 = L.difference(scaled.1, L.shiftedRight(sums.1, shift))
            scaled.2 = L.difference(scaled.2, L.shiftedRight(sums.2, shift))
            scaled.3 = L.difference(scaled.3, L.shiftedRight(sums.3, shift))
        }
        return scaled
    }

    /// The sum shifted left, doubled once a bit: older processors shift lanes left by a count in a register by multiplying.
    @inline(__always)
    private func raised(_ sum: L.Line) -> L.Line {
        var raised = L.limited(sum, to: scale.limit)
        for _ in 0..<scale.raise { raised = L.sum(raised, raised) }
        return raised
    }
}
