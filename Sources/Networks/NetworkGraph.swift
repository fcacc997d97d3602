/// A network as a value: nodes in the order of computation. It holds no weights, only the names of the tensors that each node takes.
///
/// A feature, what flows from a node to the next, is always channels by height by width; a vector has height and width 1.
package struct NetworkGraph: Sendable, Hashable {
    /// Side of the square input of three colours, in pixels.
    package var inputSize: Int
    /// Every node reads nodes before it; the first one is the image.
    package var nodes: [Node]
    /// Shapes of the tensors that nodes name, by name.
    package var tensorShapes: [String: [Int]]
    /// Indices of nodes in the order in which PyTorch registers their modules: tensors, neuron groups and layers are listed so.
    package var registered: [Int]

    /// A node and what it reads.
    package struct Node: Sendable, Hashable {
        /// The module path in PyTorch where the node is a module, else a name that is its own.
        package var name: String
        package var operation: Operation
        /// Indices of the nodes read, in the operation's order.
        package var inputs: [Int]

        package init(name: String, operation: Operation, inputs: [Int]) {
            self.name = name
            self.operation = operation
            self.inputs = inputs
        }
    }

    /// - Parameter registered: nil where modules are registered in the order of computation.
    package init(inputSize: Int, nodes: [Node], tensorShapes: [String: [Int]], registered: [Int]? = nil) {
        self.inputSize = inputSize
        self.nodes = nodes
        self.tensorShapes = tensorShapes
        self.registered = registered ?? Array(nodes.indices)
    }

    /// The node that gives the logits of each time step.
    package var output: Int { nodes.count - 1 }

    /// Nodes that lead to neurons or to the logits. What others give nobody reads, so that it is neither computed nor counted.
    package var usedNodes: Set<Int> {
        var used: Set<Int> = []
        for index in nodes.indices.reversed() {
            var isUsed = index == output || used.contains(index)
            if case .neuron = nodes[index].operation { isUsed = true }
            if isUsed { used.formUnion(nodes[index].inputs + [index]) }
        }
        return used
    }
}

/// What a node computes.
package enum Operation: Sendable, Hashable {
    /// The normalised image.
    case image
    /// A convolution, or a linear layer on the channels of each position.
    case convolution(Convolution)
    case normalisation(Normalisation)
    case neuron(Neuron)
    /// Of any number of inputs, added from the first to the last.
    case sum
    /// Along channels.
    case concatenate
    /// Spikes that both inputs have.
    case and
    /// Spikes of the first input that the second does not have.
    case iand
    case maximumPool(PoolingWindow)
    case averagePool(PoolingWindow)
    /// Over all positions.
    case mean
    /// The sum over all positions.
    case total
    /// Channels, rows and columns, in this order, become channels.
    case flatten
    /// A linear map along one axis of the grid, for each channel by itself.
    case mix(AxisMixing)
    /// The first input's spikes where the second, which has one position or one channel, spikes too.
    case gate
    /// `q (k^T v) 2^exponent` for each head, summed over positions: inputs q, k and v.
    case product(heads: Int, exponent: Int)
    /// Times a constant.
    case scale(Double)
}

/// The weights are `[outputs, inputs / groups, height, width]`, or `[outputs, inputs]` for a linear layer, which may end with a 1 where
/// PyTorch has a convolution of tokens.
package struct Convolution: Sendable, Hashable {
    package var weight: String
    package var bias: String?
    package var stride: Extent2
    package var padding: Extent2
    package var dilation: Extent2
    package var groups: Int

    package init(
        weight: String, bias: String? = nil, stride: Extent2 = .one, padding: Extent2 = .zero, dilation: Extent2 = .one, groups: Int = 1
    ) {
        self.weight = weight
        self.bias = bias
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }
}

/// Rows and columns.
package struct Extent2: Sendable, Hashable {
    package var height: Int
    package var width: Int

    package init(_ height: Int, _ width: Int) {
        self.height = height
        self.width = width
    }

    package init(_ side: Int) { self.init(side, side) }

    package static let one = Extent2(1)
    package static let zero = Extent2(0)
}

package struct PoolingWindow: Sendable, Hashable {
    package var kernel: Extent2
    package var stride: Extent2
    package var padding: Extent2

    package init(kernel: Extent2, stride: Extent2, padding: Extent2 = .zero) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }
}

/// Batch normalisation in evaluation mode, `weight (u - mean) / sqrt(variance + epsilon) + bias`, times a factor of the time step where
/// there is one.
package struct Normalisation: Sendable, Hashable {
    package enum Axis: String, Sendable, Hashable, CaseIterable, Codable {
        case channel, token, row, column
    }

    package var axis: Axis
    package var weight: String
    package var bias: String
    package var mean: String
    package var variance: String
    package var epsilon: Double
    /// `[T]`
    package var timeScale: String?

    package init(
        axis: Axis = .channel, weight: String, bias: String, mean: String, variance: String, epsilon: Double = 1e-5,
        timeScale: String? = nil
    ) {
        self.axis = axis
        self.weight = weight
        self.bias = bias
        self.mean = mean
        self.variance = variance
        self.epsilon = epsilon
        self.timeScale = timeScale
    }

    /// PyTorch's names below a module's path.
    package init(path: String, axis: Axis = .channel, timeScale: Bool = false) {
        self.init(
            axis: axis, weight: "\(path).weight", bias: "\(path).bias", mean: "\(path).running_mean", variance: "\(path).running_var",
            timeScale: timeScale ? "\(path).scale" : nil)
    }
}

/// A linear map of the rows (or columns) of the grid: weights `[outputs, inputs, ...]`, where both are the axis's length.
package struct AxisMixing: Sendable, Hashable {
    package enum Axis: String, Sendable, Hashable, CaseIterable, Codable {
        /// Mixes the rows of each column.
        case rows
        /// Mixes the columns of each row.
        case columns
    }

    package var axis: Axis
    package var weight: String
    package var bias: String?

    package init(axis: Axis, weight: String, bias: String? = nil) {
        self.axis = axis
        self.weight = weight
        self.bias = bias
    }
}
