internal import Networks
internal import SpikeKernels

/// Pooling or a mean of a stored current.
struct GridStep: ProgramStep {
    let node: Int
    let input: Int
    let window: GridWindow
    /// Places that the sum is shifted right by; nil for the largest.
    let shift: Int?
    let slot: CurrentSlot
    let tiles: Int

    var tokens: Int { slot.tokens }
    var currentReads: Set<Int> { [input] }
    var distantReads: Set<Int> { [input] }
    var currentWrites: Set<Int> { [node] }

    func run(_ pass: FixedPass, first: Int, count: Int) {
        pass.begin(.pooling)
        let extent = Extent(tokens: count, steps: slot.isConstant ? 1 : pass.steps)
        for tile in 0..<tiles {
            let source = pass.current(input).currents(tile: tile, token: 0)
            let target = pass.current(node).line(tile: tile, token: first)
            if let shift {
                pass.kernels.averageCurrents(source, window, Int32(shift), first, extent, target)
            } else {
                pass.kernels.poolCurrents(source, window, first, extent, target)
            }
        }
    }
}
