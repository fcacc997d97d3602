internal import Diagnostics

/// A node as it stands in a description.
struct DescribedNode {
    let id: String
    let operation: Operation
    let inputs: [String]

    /// The operations by their names in descriptions.
    enum Name: String, CaseIterable {
        case image, convolution, linear, normalisation, neuron, sum, concatenate, and, iand
        case maximumPool = "max_pool"
        case averagePool = "average_pool"
        case mean, flatten, mix, gate, product, scale
    }

    enum NeuronKind: String, CaseIterable { case lif, `if`, plif }
    enum Comparison: String, CaseIterable {
        case reaches = ">="
        case exceeds = ">"
    }
    enum Reset: String, CaseIterable { case hard, soft }
    enum MeanOver: String, CaseIterable { case positions }
    enum ProductOrder: String, CaseIterable { case keysWithValuesFirst = "kv_first" }

    static func list(_ value: JSONValue) throws(Failure) -> [DescribedNode] {
        guard case .list(let items) = value, (2...NetworkLimit.nodes).contains(items.count) else {
            throw DescribedFields.invalid("'nodes' has to be a list of 2 to \(NetworkLimit.nodes) nodes")
        }
        var nodes: [DescribedNode] = []
        for (index, item) in items.enumerated() { nodes.append(try DescribedNode(item, index: index)) }
        return nodes
    }

    private init(_ value: JSONValue, index: Int) throws(Failure) {
        var unnamed = try DescribedFields(value, "node \(index)")
        id = try unnamed.string("id")
        var fields = try DescribedFields(value, "node \(NetworkGraph.quoted(id))")
        _ = try fields.string("id")
        inputs = try fields.strings("inputs", atMost: NetworkLimit.inputsOfNode)
        operation = try Self.operation(try fields.word("op"), &fields)
        try fields.finish()
    }

    private static func operation(_ name: Name, _ fields: inout DescribedFields) throws(Failure) -> Operation {
        switch name {
        case .image: .image
        case .convolution:
            .convolution(
                Convolution(
                    weight: try fields.string("weight"), bias: try fields.optionalString("bias"),
                    stride: try fields.extent("stride", default: .one), padding: try fields.extent("padding", default: .zero),
                    dilation: try fields.extent("dilation", default: .one),
                    groups: try fields.optionalInteger("groups", 1...NetworkLimit.channels) ?? 1))
        case .linear: .convolution(Convolution(weight: try fields.string("weight"), bias: try fields.optionalString("bias")))
        case .normalisation:
            .normalisation(
                Normalisation(
                    axis: try fields.word("axis", default: .channel), weight: try fields.string("weight"), bias: try fields.string("bias"),
                    mean: try fields.string("mean"), variance: try fields.string("variance"),
                    epsilon: try fields.number("epsilon", default: 1e-5), timeScale: try fields.optionalString("scale")))
        case .neuron: .neuron(try neuron(&fields))
        case .sum: .sum
        case .concatenate: .concatenate
        case .and: .and
        case .iand: .iand
        case .maximumPool: .maximumPool(try window(&fields))
        case .averagePool: .averagePool(try window(&fields))
        case .mean: try mean(&fields)
        case .flatten: .flatten
        case .mix:
            .mix(
                AxisMixing(
                    axis: try fields.word("axis"), weight: try fields.string("weight"), bias: try fields.optionalString("bias")))
        case .gate: .gate
        case .product: try product(&fields)
        case .scale: .scale(try fields.number("factor"))
        }
    }

    private static func window(_ fields: inout DescribedFields) throws(Failure) -> PoolingWindow {
        let kernel = try fields.extent("kernel")
        return PoolingWindow(
            kernel: kernel, stride: try fields.extent("stride", default: kernel), padding: try fields.extent("padding", default: .zero))
    }

    private static func mean(_ fields: inout DescribedFields) throws(Failure) -> Operation {
        let _: MeanOver = try fields.word("over", default: .positions)
        return .mean
    }

    private static func product(_ fields: inout DescribedFields) throws(Failure) -> Operation {
        // Sums of whole numbers: the order of multiplication is no matter, and stands there for those who read it.
        let _: ProductOrder = try fields.word("order", default: .keysWithValuesFirst)
        return .product(
            heads: try fields.integer("heads", 1...NetworkLimit.channels), exponent: try fields.integer("scale_exponent", -64...64))
    }

    private static func neuron(_ fields: inout DescribedFields) throws(Failure) -> Neuron {
        let kind: NeuronKind = try fields.word("kind")
        let comparison: Comparison = try fields.word("comparison", default: .reaches)
        let reset: Reset = try fields.word("reset")
        let resetValue = try fields.number("reset_value", default: 0)
        let leak: Neuron.Leak
        var decaysInput = true
        switch kind {
        case .if:
            leak = .none
            _ = (fields.optional("tau"), fields.optional("w"), fields.optional("decay_input"))
        case .lif:
            leak = .tau(try fields.number("tau"))
            decaysInput = try fields.bool("decay_input")
            _ = fields.optional("w")
        case .plif:
            leak = .learned(try fields.string("w"))
            decaysInput = try fields.bool("decay_input")
            _ = fields.optional("tau")
        }
        guard reset == .hard || resetValue == 0 else { throw fields.refused("a soft reset has the reset value 0") }
        return Neuron(
            leak: leak, decaysInput: decaysInput, threshold: try fields.number("threshold"), isStrict: comparison == .exceeds,
            reset: reset == .hard ? .hard(resetValue) : .soft)
    }
}
