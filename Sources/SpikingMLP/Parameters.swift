/// A dense float32 array in row-major (PyTorch's) order.
package struct Tensor: Sendable, Hashable {
    package var shape: [Int]
    package var values: [Float]

    package init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count)
        self.shape = shape
        self.values = values
    }
}

/// A network's weights under their canonical state dict names (no `module.`, no synchronised-BN level), complete and of the
/// shapes that ``Architecture/parameterSpecifications`` lists. `num_batches_tracked` is left out: inference does not read it.
package struct Parameters: Sendable {
    package var architecture: Architecture
    package var tensors: [String: Tensor]

    package init(architecture: Architecture, tensors: [String: Tensor]) {
        self.architecture = architecture
        self.tensors = tensors
    }
}

/// Name and shape of one tensor that an architecture needs.
package struct ParameterSpecification: Sendable, Hashable {
    package var name: String
    package var shape: [Int]
    /// False for the running statistics of a BN, which are buffers and do not count as parameters.
    package var isTrainable: Bool

    package init(name: String, shape: [Int], isTrainable: Bool) {
        self.name = name
        self.shape = shape
        self.isTrainable = isTrainable
    }
}
