/// The kernels of one width of lanes, built for one instruction set. All sets of a width give the same bits.
///
/// The kernels of neurons behind a layer's sums are for `v <- (v >> 1) + current`, which is `v + (u - v) / 2` with all of it doubled; ``fire`` is
/// for every neuron.
package struct KernelSet: Sendable {
    /// `scalar`, `v2`, `v3`, `v4` or `neon`.
    package var name: String
    /// 16 or 32.
    package var laneBits: Int

    /// Lanes of one line.
    package var lanes: Int { LineBuffer.lineBytes * 8 / laneBits }

    /// Lists the spikes of some sources, one after the other within a frame.
    ///
    /// - Parameters:
    ///   - counts: `[source][step]`; the number of spikes is added. Frame 0 is at step 0.
    package typealias ListSpikes =
        @Sendable (
            _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ extent: Extent, _ lists: RowLists,
            _ counts: UnsafeMutablePointer<Int>
        ) -> Void
    package var listSpikes: ListSpikes

    /// Lists the spikes of some sources below a window for the output tokens from `firstToken` on; `inputs` rows belong to each tap.
    ///
    /// - Parameters:
    ///   - counts: `[source][step]`; the number of spikes listed is added.
    package typealias ListConvolution =
        @Sendable (
            _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ window: GridWindow, _ inputs: Int, _ firstToken: Int,
            _ extent: Extent, _ lists: RowLists,
            _ counts: UnsafeMutablePointer<Int>
        ) -> Void
    package var listConvolution: ListConvolution

    /// `currents = limited(bias + rows [+ currents before])`
    ///
    /// - Parameter next: memory that is wanted next, fetched on the way; may be empty.
    package typealias SumRows =
        @Sendable (
            _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ currents: UnsafeMutableRawPointer,
            _ isAdded: Bool
        ) -> Void
    package var sumRows: SumRows

    /// A layer's sums with another current and the neurons behind them: `a = limited(other + bias + rows)`, kept; spikes of `a`.
    ///
    /// - Parameters:
    ///   - tiles: as in the other kernels of several tiles, whatever belongs to outputs is the first tile's, and the others' behind it.
    ///   - units: a line of places that the other current is shifted right by in each lane; nil for none.
    ///   - thresholds: a line.
    package typealias Fuse =
        @Sendable (
            _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ other: CurrentLines,
            _ units: UnsafeRawPointer?, _ kept: UnsafeMutableRawPointer, _ thresholds: UnsafeRawPointer, _ spikes: SpikePlace
        ) -> Void
    package var fuse: Fuse

    /// A layer's sums and the neurons behind them, each token with its own threshold.
    ///
    /// - Parameter units: a line of places that a token's numbers are shifted right by in each lane; nil for none.
    package typealias Expand =
        @Sendable (
            _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer,
            _ thresholds: UnsafePointer<TokenThreshold>, _ units: UnsafeRawPointer?, _ spikes: SpikePlace
        ) -> Void
    package var expand: Expand

    /// A layer's sums, scaled token by token, with a kept current and the neurons behind them: spikes of `limited(kept + scale(bias + rows))`.
    ///
    /// - Parameters:
    ///   - thresholds: a line.
    ///   - units: a line of places that a token's offset is shifted right by in each lane; nil for none.
    package typealias Contract =
        @Sendable (
            _ tiles: WeightTiles, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ kept: UnsafeRawPointer,
            _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?,
            _ thresholds: UnsafeRawPointer, _ spikes: SpikePlace
        ) -> Void
    package var contract: Contract

    /// Spikes of given currents.
    package typealias Fire =
        @Sendable (
            _ currents: CurrentLines, _ extent: Extent, _ neurons: NeuronTile, _ spikes: SpikePlace
        ) -> Void
    package var fire: Fire

    /// One axis of token mixing for the channels of one line: sums over the axis, and the spikes of the neurons.
    package typealias Mix =
        @Sendable (
            _ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ spikes: SpikePlace
        ) -> Void
    package var mix: Mix

    /// The same without neurons: the sums, in the order of frames.
    package typealias MixCurrents =
        @Sendable (
            _ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var mixCurrents: MixCurrents

    /// A convolution of every channel by itself, for one line of channels: `currents = limited(bias + weights of taps that spike [+ before])`.
    ///
    /// - Parameter weights: `[taps]` lines.
    package typealias SumWindow =
        @Sendable (
            _ source: SpikePlace, _ window: GridWindow, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ firstToken: Int,
            _ extent: Extent, _ lanes: UInt32, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
        ) -> Void
    package var sumWindow: SumWindow

    /// `currents = limited(currents + amplitude)` where a lane spikes; `currents` are set to the line `bias` before where there is one.
    package typealias AddWhere =
        @Sendable (
            _ source: SpikePlace, _ amplitude: UnsafeRawPointer, _ bias: UnsafeRawPointer?, _ extent: Extent,
            _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var addWhere: AddWhere

    /// `currents = limited(currents + others)`; without `isAdded`, the others themselves.
    ///
    /// - Parameter units: a line of places that the others are shifted right by in each lane; nil for none.
    package typealias AddCurrents =
        @Sendable (
            _ others: CurrentLines, _ units: UnsafeRawPointer?, _ extent: Extent, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
        ) -> Void
    package var addCurrents: AddCurrents

    /// `currents = limited(currents + line)`
    package typealias AddLine =
        @Sendable (
            _ line: UnsafeRawPointer, _ extent: Extent, _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var addLine: AddLine

    /// `currents = limited(scale(currents))`, in place.
    ///
    /// - Parameters:
    ///   - scales: one for each frame.
    ///   - units: as in ``contract``.
    package typealias Rescale =
        @Sendable (
            _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?, _ extent: Extent,
            _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var rescale: Rescale

    /// The largest current below a window, for the output tokens from `firstToken` on.
    package typealias PoolCurrents =
        @Sendable (
            _ source: CurrentLines, _ window: GridWindow, _ firstToken: Int, _ extent: Extent, _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var poolCurrents: PoolCurrents

    /// The sum of the currents below a window, shifted right by `shift`: 2^shift is at least the number of taps.
    package typealias AverageCurrents =
        @Sendable (
            _ source: CurrentLines, _ window: GridWindow, _ shift: Int32, _ firstToken: Int, _ extent: Extent,
            _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var averageCurrents: AverageCurrents

    /// For each time step, the sum over all tokens of `amplitude` where a lane spikes, on top of a line of biases.
    package typealias CountTokens =
        @Sendable (
            _ source: SpikePlace, _ amplitude: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ extent: Extent,
            _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var countTokens: CountTokens

    /// `q (k^T v)` of one line of channels, in units of ``SpikeProducts/unit``.
    package typealias MultiplySpikes =
        @Sendable (
            _ products: SpikeProducts, _ extent: Extent, _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var multiplySpikes: MultiplySpikes

    /// A convolution of currents for one line of outputs: what is multiplied on a spike path is done here and nowhere else.
    package typealias MultiplyCurrents =
        @Sendable (
            _ products: CurrentProducts, _ firstToken: Int, _ extent: Extent, _ lanes: UInt32, _ currents: UnsafeMutableRawPointer,
            _ isAdded: Bool
        ) -> Void
    package var multiplyCurrents: MultiplyCurrents

    /// The convolution of an image's bytes for 16 outputs, in 32 bits whatever the lanes:
    /// `currents = bias + sum of (high * pixel) + ((sum of (low * pixel)) >> 8)`.
    package typealias ConvolvePixels =
        @Sendable (
            _ convolution: PixelConvolution, _ pixels: UnsafePointer<UInt8>, _ outputs: Int, _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var convolvePixels: ConvolvePixels

    /// 32-bit currents of `tokens` tokens in these lanes: two 32-bit lines become one 16-bit line.
    package typealias Narrow =
        @Sendable (
            _ low: UnsafeRawPointer, _ high: UnsafeRawPointer, _ tokens: Int, _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var narrow: Narrow

    /// The head for 16 classes, in 32 bits whatever the lanes: `logits = bias + sum of (row << shift)`.
    package typealias SumShiftedRows =
        @Sendable (
            _ rows: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ terms: UnsafePointer<ShiftedRow>, _ count: Int, _ outputs: Int,
            _ logits: UnsafeMutableRawPointer
        ) -> Void
    package var sumShiftedRows: SumShiftedRows

    /// Adds up 128 lines `passes` times into 8 lines: nothing but loads and additions, for measuring. Nil for the specification.
    package typealias AddLines = @Sendable (_ lines: UnsafeRawPointer, _ passes: Int, _ sums: UnsafeMutableRawPointer) -> Void
    package var addLines: AddLines?

    package init(
        name: String, laneBits: Int, listSpikes: @escaping ListSpikes, listConvolution: @escaping ListConvolution,
        sumRows: @escaping SumRows, fuse: @escaping Fuse, expand: @escaping Expand, contract: @escaping Contract, fire: @escaping Fire,
        mix: @escaping Mix, mixCurrents: @escaping MixCurrents, sumWindow: @escaping SumWindow, addWhere: @escaping AddWhere,
        addCurrents: @escaping AddCurrents, addLine: @escaping AddLine, rescale: @escaping Rescale, poolCurrents: @escaping PoolCurrents,
        averageCurrents: @escaping AverageCurrents, countTokens: @escaping CountTokens, multiplySpikes: @escaping MultiplySpikes,
        multiplyCurrents: @escaping MultiplyCurrents, convolvePixels: @escaping ConvolvePixels, narrow: @escaping Narrow,
        sumShiftedRows: @escaping SumShiftedRows, addLines: AddLines? = nil
    ) {
        self.name = name
        self.laneBits = laneBits
        self.listSpikes = listSpikes
        self.listConvolution = listConvolution
        self.sumRows = sumRows
        self.fuse = fuse
        self.expand = expand
        self.contract = contract
        self.fire = fire
        self.mix = mix
        self.mixCurrents = mixCurrents
        self.sumWindow = sumWindow
        self.addWhere = addWhere
        self.addCurrents = addCurrents
        self.addLine = addLine
        self.rescale = rescale
        self.poolCurrents = poolCurrents
        self.averageCurrents = averageCurrents
        self.countTokens = countTokens
        self.multiplySpikes = multiplySpikes
        self.multiplyCurrents = multiplyCurrents
        self.convolvePixels = convolvePixels
        self.narrow = narrow
        self.sumShiftedRows = sumShiftedRows
        self.addLines = addLines
    }
}
