import Networks

extension SpikingMLP {
    static func sizes(_ configuration: Configuration) -> [NetworkSize] {
        [
            NetworkSize("dim", configuration.dim), NetworkSize("depths", configuration.depths), NetworkSize("alpha", configuration.alpha),
            NetworkSize("patch", configuration.patch),
        ]
    }

    static func graph(_ configuration: Configuration) -> NetworkGraph {
        var builder = SpikingMLPBuilder(configuration)
        return builder.build()
    }
}

/// Builds the graph of one spiking MLP. Modules are registered in another order than they compute: stages' embeddings, then all token mixing,
/// then all channel mixing.
private struct SpikingMLPBuilder {
    private typealias Value = GraphBuilder.Value

    private let configuration: SpikingMLP.Configuration
    private var builder: GraphBuilder
    /// Names of nodes in the order of registration, one list for each part of the network.
    private var embeddings: [String] = []
    private var embeddingNeurons: [String] = []
    private var tokenMixing: [String] = []
    private var tokenNeurons: [String] = []
    private var channelMixing: [String] = []
    private var channelNeurons: [String] = []

    init(_ configuration: SpikingMLP.Configuration) {
        self.configuration = configuration
        builder = GraphBuilder(inputSize: configuration.imageSize)
    }

    mutating func build() -> NetworkGraph {
        var (x, block) = (builder.image, 0)
        for stage in 0..<4 {
            let channels = configuration.dim << stage
            let h = embed(x, stage: stage, channels: channels)
            let path = "to_patch_embedding_lif.\(stage)"
            x = neuron(path, h)
            embeddingNeurons.append(path)
            for _ in 0..<configuration.depths[stage] {
                let tokens = mixTokens(x, block: block, stage: stage, channels: channels)
                let a = builder.add("token_mix.\(block).sum", .sum, tokens, h)
                x = neuron("token_mix_lif.\(block)", a)
                tokenNeurons.append("token_mix_lif.\(block)")
                let mixed = mixChannels(x, block: block, stage: stage, channels: channels)
                let c = builder.add("channel_mix.\(block).sum", .sum, mixed, a)
                x = neuron("channel_mix_lif.\(block)", c)
                channelNeurons.append("channel_mix_lif.\(block)")
                block += 1
            }
        }
        let channels = configuration.dim << 3
        let normalised = normalisation("batch_norm", builder.add("mean", .mean, x), features: channels)
        _ = builder.linear("mlp_head.1", normalised, outputs: configuration.classes, inputs: channels)
        builder.register(
            embeddings + embeddingNeurons + tokenMixing + tokenNeurons + channelMixing + channelNeurons + ["batch_norm", "mlp_head.1"])
        return builder.graph
    }

    private mutating func embed(_ x: Value, stage: Int, channels: Int) -> Value {
        let path = "to_patch_embedding.\(stage)"
        guard stage > 0 else {
            return unit(
                "\(path).0", "\(path).1", x, outputs: channels, inputs: 3, kernel: configuration.patch, stride: configuration.patch,
                padding: 0)
        }
        guard configuration.hasPatchCells else {
            return unit("\(path).0", "\(path).1", x, outputs: channels, inputs: channels / 2, kernel: 2, stride: 2, padding: 0)
        }
        return patchCell(x, path: path, inputs: channels / 2, width: channels / 3)
    }

    /// n1 = A1(x);  n2 = A2(x) + B12(LIF(n1));  n3 = A3(x) + n1 + B23(LIF(n2))
    private mutating func patchCell(_ x: Value, path: String, inputs: Int, width: Int) -> Value {
        let cells = (0..<3).map { index in
            let cell = "\(path).cell2node.\(index)"
            return unit("\(cell).0", "\(cell).1", x, outputs: width, inputs: inputs, kernel: 3, stride: 2)
        }
        func edge(_ name: String, _ node: Value, neuron index: Int, _ self: inout Self) -> Value {
            let spikes = self.neuron("\(path).lif.\(index)", node)
            return self.unit("\(path).\(name).0", "\(path).\(name).1", spikes, outputs: width, inputs: width, kernel: 3)
        }
        let edge2 = edge("node1_node2", cells[0], neuron: 0, &self)
        let node2 = builder.add("\(path).node2", .sum, cells[1], edge2)
        let edge3 = edge("node2_node3", node2, neuron: 1, &self)
        let node3 = builder.add("\(path).node3", .sum, cells[2], cells[0], edge3)
        embeddings += ["\(path).lif.0", "\(path).lif.1"]
        return builder.add("\(path).concatenation", .concatenate, cells[0], node2, node3)
    }

    private mutating func mixTokens(_ x: Value, block: Int, stage: Int, channels: Int) -> Value {
        let path = "token_mix.\(block)"
        let side = (configuration.imageSize / configuration.patch) >> stage
        var identity = x
        if !configuration.hasPatchCells {
            identity = neuron("\(path).activation", normalisation("\(path).BN", x, features: channels))
            tokenMixing += ["\(path).BN", "\(path).activation"]
        }
        func projection(_ name: String, _ axis: AxisMixing.Axis, _ self: inout Self) -> Value {
            let path = "\(path).\(name)"
            self.builder.name("\(path).1.weight", [side, side, 1, 1])
            self.builder.name("\(path).1.bias", [side])
            let mixed = self.builder.add(
                "\(path).1", .mix(AxisMixing(axis: axis, weight: "\(path).1.weight", bias: "\(path).1.bias")), x)
            let normalised = self.normalisation("\(path).2", mixed, features: side, axis: axis == .rows ? .row : .column)
            return self.neuron("\(path).3", normalised, layout: axis == .rows ? .rows : .columns)
        }
        let columns = projection("proj_w", .columns, &self)
        let rows = projection("proj_h", .rows, &self)
        let all = builder.add("\(path).concatenation", .concatenate, identity, rows, columns)
        for name in ["proj_w", "proj_h"] { tokenMixing += (1...3).map { "\(path).\(name).\($0)" } }
        tokenMixing += ["\(path).fuse.0", "\(path).fuse.1"]
        let fused = builder.convolution("\(path).fuse.0", all, outputs: channels, inputs: 3 * channels)
        return normalisation("\(path).fuse.1", fused, features: channels)
    }

    private mutating func mixChannels(_ x: Value, block: Int, stage: Int, channels: Int) -> Value {
        let path = "channel_mix.\(block).1.net"
        let side = (configuration.imageSize / configuration.patch) >> stage
        let hidden = configuration.alpha * channels
        let expanded = builder.linear("\(path).0", x, outputs: hidden, inputs: channels)
        let spikes = neuron(
            "\(path).2", normalisation("\(path).1", expanded, features: side * side, axis: .token), layout: .tokens)
        let contracted = builder.linear("\(path).3", spikes, outputs: channels, inputs: hidden)
        channelMixing += (0...4).map { "\(path).\($0)" }
        return normalisation("\(path).4", contracted, features: side * side, axis: .token)
    }

    /// A convolution without bias and its normalisation.
    private mutating func unit(
        _ convolution: String, _ norm: String, _ x: Value, outputs: Int, inputs: Int, kernel: Int, stride: Int = 1, padding: Int? = nil
    ) -> Value {
        embeddings += [convolution, norm]
        let y = builder.convolution(convolution, x, outputs: outputs, inputs: inputs, kernel: kernel, stride: stride, padding: padding)
        return normalisation(norm, y, features: outputs)
    }

    private mutating func normalisation(_ path: String, _ x: Value, features: Int, axis: Normalisation.Axis = .channel) -> Value {
        builder.normalisation(path, x, features: features, axis: axis, timeScale: configuration.timeScale)
    }

    private mutating func neuron(_ path: String, _ x: Value, layout: SpikeLayout = .channels) -> Value {
        builder.neuron(path, x, Neuron(layout: layout))
    }
}
