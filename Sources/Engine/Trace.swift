import Diagnostics
package import Networks

/// Everything a network did on some inputs, in PyTorch's own shapes and axis orders, for comparing with PyTorch.
package struct Trace: Sendable {
    /// All spikes of a neuron group.
    package struct Spikes: Sendable {
        /// The module path in PyTorch.
        package var name: String
        /// `[steps, images, ...]`, the rest as ``NeuronGroup/shape``.
        package var shape: [Int]
        /// 1 for a spike, 0 for none, row-major.
        package var values: [UInt8]

        package init(name: String, shape: [Int], values: [UInt8]) {
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    /// `[steps, images, classes]`
    package var logits: Tensor
    /// In the order of ``NetworkActivity/groups``.
    package var spikes: [Spikes]
}

extension InferenceEngine {
    /// Runs the network on normalised inputs and keeps every spike.
    ///
    /// - Parameter input: `[images, 3, size, size]`.
    /// - Throws: `engine.unfit-input` for another shape or a number of time steps that cannot be had.
    package func trace(input: Tensor, timeSteps: Int) throws -> Trace {
        let size = network.inputSize
        guard input.shape.count == 4, input.shape[0] > 0, input.shape.dropFirst() == [3, size, size] else {
            throw Failure(
                .unfitInput, "The input has shape \(input.shape), and this network reads [images, 3, \(size), \(size)].",
                remedy: "Give normalised images of the network's size.")
        }
        let images = input.shape[0]
        let workspace = try makeWorkspace(timeSteps: timeSteps, isTracing: true)
        var logits: [[[Float]]] = []
        var recorded: [[[UInt8]]] = []
        for image in 0..<images {
            let values = 3 * size * size
            let inference = try workspace.infer(normalized: Array(input.values[image * values..<(image + 1) * values]))
            logits.append(inference.logits)
            recorded.append(workspace.activity.traces)
        }
        return Trace(
            logits: Tensor(
                shape: [timeSteps, images, network.classes],
                values: (0..<timeSteps).flatMap { step in logits.flatMap { $0[step] } }),
            spikes: network.activity.groups.enumerated().map { index, group in
                Trace.Spikes(
                    name: group.name, shape: [timeSteps, images] + group.shape,
                    values: (0..<timeSteps).flatMap { step in
                        recorded.flatMap { $0[index][step * group.neurons..<(step + 1) * group.neurons] }
                    })
            })
    }
}
