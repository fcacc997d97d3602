import Networks
import SpikeKernels

/// A linear layer's weights the way spikes need them: a row of output weights for each input, so that a spike adds one row.
struct WeightRows: Sendable {
    let outputs: Int
    /// Inputs of one tap.
    let inputs: Int
    /// Values from one row to the next: `outputs` padded with zeros to the kernels' lanes.
    let stride: Int
    /// `[rows, stride]`, as the checkpoint has them; the kernels widen them when they add.
    let values: [Float]

    /// - Parameters:
    ///   - weight: `[outputs, inputs, ...]` as PyTorch keeps it. Taps of a convolution become the slowest index: row `tap * inputs + input`.
    init(_ weight: Tensor) {
        let outputs = weight.shape[0]
        let inputs = weight.shape[1]
        let taps = weight.shape.dropFirst(2).reduce(1, *)
        let stride = paddedToLanes(outputs)
        var values = Array(repeating: Float(0), count: inputs * taps * stride)
        for output in 0..<outputs {
            for input in 0..<inputs {
                for tap in 0..<taps {
                    values[(tap * inputs + input) * stride + output] = weight.values[(output * inputs + input) * taps + tap]
                }
            }
        }
        self.outputs = outputs
        self.inputs = inputs
        self.stride = stride
        self.values = values
    }
}

extension [Double] {
    /// The values, followed by zeros up to whole lanes.
    var paddedWithZeros: [Double] {
        self + Array(repeating: 0, count: paddedToLanes(count) - count)
    }
}

extension [String: Tensor] {
    /// A tensor whose presence was checked.
    func checked(_ name: String) -> Tensor {
        guard let tensor = self[name] else { preconditionFailure("the network has no \(name)") }
        return tensor
    }

    /// A vector's values, exactly.
    func doubles(_ name: String) -> [Double] {
        checked(name).values.map(Double.init)
    }
}
