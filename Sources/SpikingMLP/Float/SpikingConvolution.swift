/// A convolution of spikes without bias, and its BN.
///
/// Each output position gathers the spikes below its kernel: taps in row-major order, inputs ascending within a tap.
struct SpikingConvolution: Sendable {
    private let layer: Int
    private let weights: WeightRows
    private let normalization: BatchNorm
    private let inputs: Int
    private let kernel: Int
    private let stride: Int
    private let padding: Int
    private let inputSide: Int

    /// - Parameters:
    ///   - path: `<path>.0` is the convolution, `<path>.1` the BN.
    ///   - inputSide: side of the square grid that the convolution reads.
    init(_ loader: ModuleLoader, path: String, stride: Int, padding: Int, inputSide: Int) {
        let weight = loader.tensor("\(path).0.weight")
        layer = loader.layer("\(path).0")
        weights = WeightRows(weight)
        normalization = BatchNorm(loader, path: "\(path).1")
        inputs = weight.shape[1]
        kernel = weight.shape[2]
        self.stride = stride
        self.padding = padding
        self.inputSide = inputSide
    }

    /// `y = BN(convolution(x))`
    func convolve(_ x: SpikeMap, into y: inout FeatureMap, _ pass: inout ForwardPass) {
        for index in y.values.indices {
            y.values[index] = 0
        }
        let outputSide = (inputSide + 2 * padding - kernel) / stride + 1
        for frame in 0..<y.frames {
            for row in 0..<outputSide {
                for column in 0..<outputSide {
                    gather(x, frame: frame, row: row, column: column, into: &y, token: row * outputSide + column)
                }
            }
        }
        pass.activity.recordOperations(layer: layer, x)
        pass.normalize(&y, normalization)
    }

    private func gather(_ x: SpikeMap, frame: Int, row: Int, column: Int, into y: inout FeatureMap, token: Int) {
        let sums = y.index(frame: frame, token: token)
        for tap in 0..<kernel * kernel {
            let inputRow = row * stride + tap / kernel - padding
            let inputColumn = column * stride + tap % kernel - padding
            guard (0..<inputSide).contains(inputRow), (0..<inputSide).contains(inputColumn) else { continue }
            weights.add(
                x, frame: frame, token: inputRow * inputSide + inputColumn, firstRow: tap * inputs, to: &y.values, at: sums)
        }
    }
}
