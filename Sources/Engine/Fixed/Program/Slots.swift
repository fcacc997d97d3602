internal import Networks
internal import SpikeKernels

/// Where the spikes of a node stand: in frames of `width` channels, its own from `first` on.
struct SpikeSlot: Sendable, Hashable {
    var tokens: Int
    var width: Int
    var first: Int
    var channels: Int
}

/// A stored current.
struct CurrentSlot: Sendable, Hashable {
    var tokens: Int
    var channels: Int
    /// Whether it is the same at every time step.
    var isConstant: Bool
}

/// A stored current's lines, `[tiles][tokens, steps]`.
struct CurrentLinesBuffer {
    let slot: CurrentSlot
    let steps: Int
    let lines: LineBuffer

    func line(tile: Int, token: Int) -> UnsafeMutableRawPointer { lines.line((tile * slot.tokens + token) * steps) }

    func currents(tile: Int, token: Int) -> CurrentLines {
        CurrentLines(lines: line(tile: tile, token: token), steps: steps, tileStride: tileStride)
    }
    /// Bytes from one tile to the next.
    var tileStride: Int { slot.tokens * steps * LineBuffer.lineBytes }
}

/// One part of a pass: immutable, shared by threads.
protocol ProgramStep: Sendable {
    /// Output positions.
    var tokens: Int { get }
    /// Whether it has to see all positions at once.
    var isGlobal: Bool { get }
    /// Nodes whose spikes or currents it reads at other positions than the one it computes.
    var distantReads: Set<Int> { get }
    var currentReads: Set<Int> { get }
    var currentWrites: Set<Int> { get }
    var spikeReads: Set<Int> { get }
    var spikeWrites: Set<Int> { get }
    /// The most rows that it lists for a frame, and of how many sources.
    var listed: (rows: Int, sources: Int) { get }
    /// For each convolution, frames of a time step that are listed one by one for so many output positions, and the spikes that they can have.
    func listedPositions(outputs: Int) -> [(frames: Int, channels: Int)]
    /// Lines to work in for each frame of a group.
    var scratchTiles: Int { get }
    var bytes: Int { get }

    /// Computes some positions from `first` on.
    func run(_ pass: FixedPass, first: Int, count: Int)
    /// All positions are computed.
    func finish(_ pass: FixedPass)
}

extension ProgramStep {
    var isGlobal: Bool { false }
    var distantReads: Set<Int> { [] }
    var currentReads: Set<Int> { [] }
    var currentWrites: Set<Int> { [] }
    var spikeReads: Set<Int> { [] }
    var spikeWrites: Set<Int> { [] }
    var listed: (rows: Int, sources: Int) { (0, 0) }
    func listedPositions(outputs: Int) -> [(frames: Int, channels: Int)] { [] }
    var scratchTiles: Int { 0 }
    var bytes: Int { 0 }
    func finish(_ pass: FixedPass) {}
}
