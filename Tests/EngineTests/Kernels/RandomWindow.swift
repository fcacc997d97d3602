import SpikeKernels

extension GridWindow {
    /// Any window that gives at least one output: sides that differ, strides, padding beyond the window, holes.
    static func random(_ random: inout TestRandom, isDilated: Bool = true) -> GridWindow {
        func axis(_ random: inout TestRandom) -> (input: Int, output: Int, kernel: Int, stride: Int, padding: Int, dilation: Int) {
            let kernel = random.number(1...3)
            let dilation = isDilated ? random.number(1...2) : 1
            let padding = random.number(0...2)
            let stride = random.number(1...3)
            let reach = dilation * (kernel - 1) + 1
            let input = max(random.number(1...6), reach - 2 * padding)
            return (input, (input + 2 * padding - reach) / stride + 1, kernel, stride, padding, dilation)
        }
        let height = axis(&random)
        let width = axis(&random)
        return GridWindow(
            inputHeight: height.input, inputWidth: width.input, outputHeight: height.output, outputWidth: width.output,
            kernelHeight: height.kernel, kernelWidth: width.kernel, strideHeight: height.stride, strideWidth: width.stride,
            paddingHeight: height.padding, paddingWidth: width.padding, dilationHeight: height.dilation, dilationWidth: width.dilation)
    }

    var inputs: Int { inputHeight * inputWidth }

    /// In words, for reports.
    var words: String {
        "\(inputHeight)x\(inputWidth) to \(outputHeight)x\(outputWidth), kernel \(kernelHeight)x\(kernelWidth), "
            + "stride \(strideHeight)x\(strideWidth), padding \(paddingHeight)x\(paddingWidth), dilation \(dilationHeight)x\(dilationWidth)"
    }

    /// Consecutive outputs.
    func part(_ random: inout TestRandom) -> (first: Int, count: Int) {
        let first = random.number(0...outputs - 1)
        return (first, random.number(1...outputs - first))
    }
}
