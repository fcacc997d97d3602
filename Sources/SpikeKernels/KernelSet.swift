/// The kernels of one width of lanes, built for one instruction set. All sets of a width give the same bits.
///
/// Currents and weights are halved: a membrane potential follows `v <- (v >> 1) + current`, which is `v + (u - v) / 2`.
package struct KernelSet: Sendable {
    /// `scalar`, `v2`, `v3`, `v4` or `neon`.
    package var name: String
    /// 16 or 32.
    package var laneBits: Int

    /// Lanes of one line.
    package var lanes: Int { LineBuffer.lineBytes * 8 / laneBits }

    /// Lists the spikes of up to three sources, one after the other within a frame.
    ///
    /// - Parameters:
    ///   - counts: `[source][step]`; the number of spikes is added. Frame 0 is at step 0.
    package typealias ListSpikes =
        @Sendable (
            _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ extent: Extent, _ lists: RowLists,
            _ counts: UnsafeMutablePointer<Int>
        ) -> Void
    package var listSpikes: ListSpikes

    /// Lists the spikes below a convolution's kernel for the output tokens from `firstToken` on.
    package typealias ListConvolution =
        @Sendable (
            _ source: SpikeSource, _ geometry: ConvolutionGeometry, _ firstToken: Int, _ extent: Extent, _ lists: RowLists,
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

    /// Token mixing's last step and its neurons: `a = limited(embedding + bias + rows)`, kept; spikes of `a`.
    package typealias Fuse =
        @Sendable (
            _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ embedding: CurrentLines,
            _ kept: UnsafeMutableRawPointer, _ threshold: Int, _ spikes: SpikePlace
        ) -> Void
    package var fuse: Fuse

    /// Channel mixing's hidden neurons, each token with its own threshold.
    package typealias Expand =
        @Sendable (
            _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer,
            _ thresholds: UnsafePointer<TokenThreshold>, _ spikes: SpikePlace
        ) -> Void
    package var expand: Expand

    /// Channel mixing's outputs and the block's last neurons: spikes of `limited(a + scale(bias + rows))`.
    package typealias Contract =
        @Sendable (
            _ tile: WeightTile, _ lists: RowLists, _ extent: Extent, _ next: UnsafeRawBufferPointer, _ kept: UnsafeRawPointer,
            _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ threshold: Int, _ spikes: SpikePlace
        ) -> Void
    package var contract: Contract

    /// Spikes of given currents.
    package typealias Fire =
        @Sendable (_ currents: CurrentLines, _ extent: Extent, _ threshold: Int, _ lanes: UInt32, _ spikes: SpikePlace) -> Void
    package var fire: Fire

    /// Spikes of currents that take one of two values: `atRest`, or with a spike of `source` `atRest + rise`.
    package typealias FireIdentity =
        @Sendable (
            _ source: SpikePlace, _ atRest: UnsafeRawPointer, _ rise: UnsafeRawPointer, _ extent: Extent, _ threshold: Int,
            _ lanes: UInt32, _ spikes: SpikePlace
        ) -> Void
    package var fireIdentity: FireIdentity

    /// One axis of token mixing for the channels of one line: sums over the axis, and the spikes of the neurons.
    package typealias Mix =
        @Sendable (_ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ spikes: SpikePlace) -> Void
    package var mix: Mix

    /// The first convolution for 16 outputs, in 32 bits whatever the lanes:
    /// `currents = bias + sum of (high * pixel) + ((sum of (low * pixel)) >> 8)`.
    package typealias ConvolvePixels =
        @Sendable (
            _ geometry: PatchGeometry, _ pixels: UnsafePointer<UInt8>, _ high: UnsafeRawPointer, _ low: UnsafeRawPointer,
            _ bias: UnsafeRawPointer, _ outputs: Int, _ currents: UnsafeMutableRawPointer
        ) -> Void
    package var convolvePixels: ConvolvePixels

    /// 32-bit currents of `tokens` tokens in these lanes: two 32-bit lines become one 16-bit line.
    package typealias Narrow =
        @Sendable (_ low: UnsafeRawPointer, _ high: UnsafeRawPointer, _ tokens: Int, _ currents: UnsafeMutableRawPointer) -> Void
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
        sumRows: @escaping SumRows, fuse: @escaping Fuse, expand: @escaping Expand, contract: @escaping Contract,
        fire: @escaping Fire, fireIdentity: @escaping FireIdentity, mix: @escaping Mix, convolvePixels: @escaping ConvolvePixels,
        narrow: @escaping Narrow, sumShiftedRows: @escaping SumShiftedRows,
        addLines: AddLines? = nil
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
        self.fireIdentity = fireIdentity
        self.mix = mix
        self.convolvePixels = convolvePixels
        self.narrow = narrow
        self.sumShiftedRows = sumShiftedRows
        self.addLines = addLines
    }
}

/// A row of the head that is added `1 << shift` times: one bit of a channel's number of spikes.
package struct ShiftedRow: BitwiseCopyable {
    package var row: UInt32
    package var shift: UInt32

    package init(row: UInt32, shift: UInt32) {
        self.row = row
        self.shift = shift
    }
}
