/// Puts a graph together node by node. Shapes of tensors come from a checkpoint, or are made up by whoever builds a network of given sizes.
package struct GraphBuilder {
    /// A node built so far.
    package struct Value: Sendable, Hashable {
        package let index: Int
    }

    package private(set) var graph: NetworkGraph
    private let shapes: TensorShapes

    /// - Parameter shapes: told the shape of every tensor that a node names.
    package init(inputSize: Int, shapes: TensorShapes = TensorShapes()) {
        graph = NetworkGraph(
            inputSize: inputSize, nodes: [.init(name: "image", operation: .image, inputs: [])], tensorShapes: [:], registered: [0])
        self.shapes = shapes
    }

    package var image: Value { Value(index: 0) }

    @discardableResult
    package mutating func add(_ name: String, _ operation: Operation, _ inputs: Value...) -> Value {
        add(name, operation, inputs)
    }

    package mutating func add(_ name: String, _ operation: Operation, _ inputs: [Value]) -> Value {
        graph.nodes.append(.init(name: name, operation: operation, inputs: inputs.map(\.index)))
        graph.registered.append(graph.nodes.count - 1)
        return Value(index: graph.nodes.count - 1)
    }

    /// A convolution at a module path, `<path>.weight` and where there is one `<path>.bias`.
    ///
    /// - Parameter axes: how many axes of the input the kernel covers; 0 is a linear layer.
    package mutating func convolution(
        _ path: String, _ input: Value, outputs: Int, inputs: Int, kernel: Int = 1, stride: Int = 1, padding: Int? = nil, groups: Int = 1,
        bias: Bool = false, axes: Int = 2
    ) -> Value {
        name("\(path).weight", [outputs, inputs / groups] + Array(repeating: kernel, count: axes))
        if bias { name("\(path).bias", [outputs]) }
        return add(
            path,
            .convolution(
                Convolution(
                    weight: "\(path).weight", bias: bias ? "\(path).bias" : nil, stride: Extent2(stride),
                    padding: Extent2(padding ?? kernel / 2),
                    groups: groups)), input)
    }

    package mutating func linear(_ path: String, _ input: Value, outputs: Int, inputs: Int) -> Value {
        convolution(path, input, outputs: outputs, inputs: inputs, bias: true, axes: 0)
    }

    /// A batch normalisation at a module path.
    package mutating func normalisation(
        _ path: String, _ input: Value, features: Int, axis: Normalisation.Axis = .channel, timeScale: [Int]? = nil
    ) -> Value {
        for field in ["weight", "bias", "running_mean", "running_var"] { name("\(path).\(field)", [features]) }
        if let timeScale { name("\(path).scale", timeScale) }
        return add(path, .normalisation(Normalisation(path: path, axis: axis, timeScale: timeScale != nil)), input)
    }

    package mutating func neuron(_ path: String, _ input: Value, _ neuron: Neuron) -> Value {
        if case .learned(let parameter) = neuron.leak { name(parameter, []) }
        return add(path, .neuron(neuron), input)
    }

    /// Notes a tensor's shape: the checkpoint's own where it has the tensor, else the one given.
    package mutating func name(_ tensor: String, _ shape: [Int]) {
        graph.tensorShapes[tensor] = shapes.shape(of: tensor) ?? shape
    }

    /// Lists nodes in another order than that of computation: those named, then the rest.
    package mutating func register(_ names: [String]) {
        let places = Dictionary(graph.nodes.enumerated().map { ($1.name, $0) }) { first, _ in first }
        let listed = names.compactMap { places[$0] }
        let rest = Set(graph.nodes.indices).subtracting(listed)
        graph.registered = listed + rest.sorted()
    }
}

/// The shapes of a checkpoint's tensors, by name.
package struct TensorShapes: Sendable {
    private let shapes: [String: [Int]]

    package init(_ shapes: [String: [Int]] = [:]) { self.shapes = shapes }

    package func shape(of name: String) -> [Int]? { shapes[name] }
    package var names: Dictionary<String, [Int]>.Keys { shapes.keys }
    package func has(_ name: String) -> Bool { shapes[name] != nil }

    /// One dimension of a tensor, where it is there and plausible.
    package func size(_ name: String, axis: Int) -> Int? {
        guard let shape = shapes[name], shape.count > axis, (1...NetworkLimit.channels).contains(shape[axis]) else { return nil }
        return shape[axis]
    }

    /// One more than the highest number below `limit` that stands behind `prefix` in a name: of modules that are numbered without a gap, how
    /// many there are.
    package func count(_ prefix: String, limit: Int = 1024) -> Int {
        var count = 0
        for name in shapes.keys where name.hasPrefix(prefix) {
            let digits = name.dropFirst(prefix.count).prefix { $0 != "." }
            if digits.utf8.count <= 4, let number = Int(digits), (count..<limit).contains(number) { count = number + 1 }
        }
        return count
    }
}
