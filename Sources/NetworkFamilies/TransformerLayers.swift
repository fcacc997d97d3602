import Networks

/// What transformers on currents have in common: convolutions with their normalisation, an MLP behind neurons and added to its input, and
/// the head.
struct TransformerLayers {
    typealias Value = GraphBuilder.Value

    var builder: GraphBuilder
    private let neuron: NeuronChoice

    init(inputSize: Int, neuron: NeuronChoice) {
        builder = GraphBuilder(inputSize: inputSize)
        self.neuron = neuron
    }

    mutating func spike(_ path: String, _ x: Value, threshold: Double? = nil, layout: SpikeLayout = .channels) -> Value {
        builder.neuron(path, x, neuron.neuron(path, threshold: threshold, layout: layout))
    }

    /// A convolution and its normalisation. - Parameter axes: of the kernel.
    mutating func unit(
        _ convolution: String, _ normalisation: String, _ x: Value, outputs: Int, inputs: Int, kernel: Int = 1, stride: Int = 1,
        groups: Int = 1, bias: Bool = true, axes: Int = 2
    ) -> Value {
        let current = builder.convolution(
            convolution, x, outputs: outputs, inputs: inputs, kernel: kernel, stride: stride, groups: groups, bias: bias, axes: axes)
        return builder.normalisation(normalisation, current, features: outputs)
    }

    /// As the published code of both calls a layer of an MLP.
    static func names(_ unit: String) -> (neuron: String, convolution: String, normalisation: String) {
        ("\(unit)_lif", "\(unit)_conv", "\(unit)_bn")
    }

    mutating func pool(_ name: String, _ x: Value) -> Value {
        builder.add(name, .maximumPool(PoolingWindow(kernel: Extent2(3), stride: Extent2(2), padding: .one)), x)
    }

    /// Twice a neuron and a convolution of 1x1; the input is added at the end.
    ///
    /// - Parameter joinsEqualWidths: whether it is added after the first convolution as well, where that keeps the number of channels.
    mutating func mlp(
        _ x: Value, _ path: String, _ first: (neuron: String, convolution: String, normalisation: String),
        _ second: (neuron: String, convolution: String, normalisation: String), channels: Int, hidden: Int, joinsEqualWidths: Bool
    ) -> Value {
        var shortcut = x
        var y = unit(first.convolution, first.normalisation, spike(first.neuron, x), outputs: hidden, inputs: channels)
        if joinsEqualWidths, hidden == channels {
            y = builder.add("\(path).sum1", .sum, y, x)
            shortcut = y
        }
        y = unit(second.convolution, second.normalisation, spike(second.neuron, y), outputs: channels, inputs: hidden)
        return builder.add("\(path).sum", .sum, y, shortcut)
    }

    /// The mean of currents over tokens, a neuron, a linear layer.
    mutating func head(_ x: Value, channels: Int, classes: Int) -> NetworkGraph {
        let spikes = spike("head_lif", builder.add("mean", .mean, x), layout: .shaped([channels]))
        _ = builder.linear("head", spikes, outputs: classes, inputs: channels)
        return builder.graph
    }
}
