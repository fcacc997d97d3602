package import Diagnostics

extension Failure.Code {
    /// A checkpoint's values cannot be computed with.
    package static let unusableParameters = Failure.Code("parameters.unusable")
}

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

/// A network and its weights, under the names that its graph has for them.
package struct Parameters: Sendable {
    package var network: Network
    package var tensors: [String: Tensor]

    package init(network: Network, tensors: [String: Tensor]) {
        self.network = network
        self.tensors = tensors
    }

    /// - Throws: `parameters.unusable` where a tensor is missing or mis-shaped, holds a value that is not finite, or a negative variance.
    package func check() throws(Failure) {
        for specification in network.graph.parameterSpecifications {
            guard let tensor = tensors[specification.name], tensor.shape == specification.shape else {
                throw Self.unusable("\(specification.name) of shape \(specification.shape) is missing")
            }
            let lowest: Float = specification.role == .variance ? 0 : -.greatestFiniteMagnitude
            guard tensor.values.allSatisfy({ $0 >= lowest && $0.isFinite }) else {
                throw Self.unusable("\(specification.name) holds a value that is not finite, or a negative variance")
            }
        }
    }

    private static func unusable(_ reason: String) -> Failure {
        Failure(
            .unusableParameters, "The network's weights cannot be used: \(reason).", remedy: "Load the checkpoint of a finished training.")
    }
}
