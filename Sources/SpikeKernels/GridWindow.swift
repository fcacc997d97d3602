/// A window that moves over a grid.
package struct GridWindow: Sendable, Hashable {
    package var inputHeight: Int
    package var inputWidth: Int
    package var outputHeight: Int
    package var outputWidth: Int
    package var kernelHeight: Int
    package var kernelWidth: Int
    package var strideHeight: Int
    package var strideWidth: Int
    package var paddingHeight: Int
    package var paddingWidth: Int
    package var dilationHeight: Int
    package var dilationWidth: Int

    package init(
        inputHeight: Int, inputWidth: Int, outputHeight: Int, outputWidth: Int, kernelHeight: Int, kernelWidth: Int, strideHeight: Int,
        strideWidth: Int, paddingHeight: Int, paddingWidth: Int, dilationHeight: Int = 1, dilationWidth: Int = 1
    ) {
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.strideHeight = strideHeight
        self.strideWidth = strideWidth
        self.paddingHeight = paddingHeight
        self.paddingWidth = paddingWidth
        self.dilationHeight = dilationHeight
        self.dilationWidth = dilationWidth
    }

    package var outputs: Int { outputHeight * outputWidth }
    package var taps: Int { kernelHeight * kernelWidth }
    /// Whether an input is below several windows mostly.
    package var overlaps: Bool { taps >= 2 * strideHeight * strideWidth }

    /// Rows of inputs below the windows of some output positions, padding left out.
    package func inputRows(outputs: Range<Int>) -> Range<Int> {
        let top = outputs.lowerBound / outputWidth * strideHeight - paddingHeight
        let bottom = (outputs.upperBound - 1) / outputWidth * strideHeight - paddingHeight + (kernelHeight - 1) * dilationHeight + 1
        let first = min(max(top, 0), inputHeight)
        return first..<max(first, min(bottom, inputHeight))
    }

    /// Input positions below the windows of so many consecutive outputs, at most.
    package func inputs(belowOutputs count: Int) -> Int {
        let rows = (count - 1 + outputWidth - 1) / outputWidth + 1
        return min((min(rows, outputHeight) - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1, inputHeight) * inputWidth
    }

    /// The input position below a tap of the window at an output position, or -1 in the padding.
    @inline(__always)
    package func input(output: Int, tap: Int) -> Int {
        let row = output / outputWidth * strideHeight - paddingHeight + tap / kernelWidth * dilationHeight
        let column = output % outputWidth * strideWidth - paddingWidth + tap % kernelWidth * dilationWidth
        if row < 0 || row >= inputHeight || column < 0 || column >= inputWidth { return -1 }
        return row * inputWidth + column
    }
}
