/// A group of LIF neurons: one LIF module of the network.
package struct LIFGroup: Sendable, Hashable {
    /// How PyTorch orders the neurons of the group.
    package enum Axes: Sendable, Hashable {
        /// `[channel, row, column]`
        case channels
        /// `[row, channel, column]`
        case rows
        /// `[column, channel, row]`
        case columns
        /// `[token, channel]`
        case tokens
    }

    /// The module path in PyTorch.
    package var name: String
    package var channels: Int
    /// Side of the square grid of tokens.
    package var side: Int
    package var axes: Axes

    package var neurons: Int { channels * side * side }

    /// The shape of one image's spikes at one time step in PyTorch.
    package var shape: [Int] {
        switch axes {
        case .channels: [channels, side, side]
        case .rows, .columns: [side, channels, side]
        case .tokens: [side * side, channels]
        }
    }
}

/// A linear layer on spikes, and how many outputs a spike reaches.
package struct SynapticLayer: Sendable, Hashable {
    /// The module path of the convolution or linear layer in PyTorch.
    package var name: String
    /// Input channels (for a projection along an axis: the channels of its tokens).
    package var inputs: Int
    /// Side of the square grid of input tokens.
    package var side: Int
    package var connections: Connections

    package enum Connections: Sendable, Hashable {
        /// Every input neuron reaches this many outputs.
        case uniform(fanOut: Int)
        /// A convolution over the grid, each reached position counting `outputs` channels.
        case convolution(outputs: Int, kernel: Int, stride: Int, padding: Int)
    }

    /// The number of outputs that a spike at `row`, `column` of the input grid reaches: padding and stride counted.
    package func fanOut(row: Int, column: Int) -> Int {
        switch connections {
        case .uniform(let fanOut): fanOut
        case .convolution(let outputs, _, _, _): reach[row] * reach[column] * outputs
        }
    }

    /// Synaptic operations of one time step in which every input neuron spikes.
    package var denseOperations: Int {
        switch connections {
        case .uniform(let fanOut):
            return side * side * inputs * fanOut
        case .convolution(let outputs, _, _, _):
            let total = reach.reduce(0, +)
            return total * total * inputs * outputs
        }
    }

    /// For each position along one axis of the input, how many output positions a convolution reads it for; all 1 otherwise.
    package var reach: [Int] {
        guard case .convolution(_, let kernel, let stride, let padding) = connections else {
            return Array(repeating: 1, count: side)
        }
        var reach = Array(repeating: 0, count: side)
        for output in 0..<((side + 2 * padding - kernel) / stride + 1) {
            for tap in 0..<kernel where reach.indices.contains(output * stride + tap - padding) {
                reach[output * stride + tap - padding] += 1
            }
        }
        return reach
    }
}

extension Architecture {
    /// All LIF groups in the order in which PyTorch registers them: patch cells, embeddings, token mixing, its LIFs, channel mixing, its LIFs.
    package var lifGroups: [LIFGroup] {
        var groups: [LIFGroup] = []
        if family == .spe {
            for stage in 1..<4 {
                for index in 0..<2 {
                    groups.append(lifGroup("to_patch_embedding.\(stage).lif.\(index)", stage: stage, channels: channels(stage: stage) / 3))
                }
            }
        }
        groups += (0..<4).map { lifGroup("to_patch_embedding_lif.\($0)", stage: $0) }
        for block in blocks {
            let path = "token_mix.\(block.index)"
            if family == .plain {
                groups.append(lifGroup("\(path).activation", stage: block.stage))
            }
            groups.append(lifGroup("\(path).proj_w.3", stage: block.stage, axes: .columns))
            groups.append(lifGroup("\(path).proj_h.3", stage: block.stage, axes: .rows))
        }
        groups += blocks.map { lifGroup("token_mix_lif.\($0.index)", stage: $0.stage) }
        for block in blocks {
            let hidden = alpha * channels(stage: block.stage)
            groups.append(lifGroup("channel_mix.\(block.index).1.net.2", stage: block.stage, channels: hidden, axes: .tokens))
        }
        groups += blocks.map { lifGroup("channel_mix_lif.\($0.index)", stage: $0.stage) }
        return groups
    }

    /// All linear layers that read spikes, in state dict order. The first convolution reads pixels and is not among them.
    package var synapticLayers: [SynapticLayer] {
        var layers: [SynapticLayer] = []
        for stage in 1..<4 {
            layers += embeddingLayers(stage: stage)
        }
        for block in blocks {
            let path = "token_mix.\(block.index)"
            let channels = channels(stage: block.stage)
            let side = grid(stage: block.stage)
            for projection in ["proj_w", "proj_h"] {
                layers.append(SynapticLayer("\(path).\(projection).1", inputs: channels, side: side, fanOut: side))
            }
            layers.append(SynapticLayer("\(path).fuse.0", inputs: 3 * channels, side: side, fanOut: channels))
        }
        for block in blocks {
            let path = "channel_mix.\(block.index).1.net"
            let channels = channels(stage: block.stage)
            let side = grid(stage: block.stage)
            layers.append(SynapticLayer("\(path).0", inputs: channels, side: side, fanOut: alpha * channels))
            layers.append(SynapticLayer("\(path).3", inputs: alpha * channels, side: side, fanOut: channels))
        }
        layers.append(SynapticLayer("mlp_head.1", inputs: channels(stage: 3), side: grid(stage: 3), fanOut: classes))
        return layers
    }

    /// Multiply-accumulate operations of the first convolution, which reads pixels; once per image, whatever the number of time steps.
    package var firstConvolutionOperations: Int {
        grid(stage: 0) * grid(stage: 0) * dim * 3 * patchSize * patchSize
    }

    private func embeddingLayers(stage: Int) -> [SynapticLayer] {
        let path = "to_patch_embedding.\(stage)"
        let inputs = channels(stage: stage - 1)
        let outputs = channels(stage: stage)
        let side = grid(stage: stage)
        switch family {
        case .plain:
            return [
                SynapticLayer(
                    name: "\(path).0", inputs: inputs, side: 2 * side,
                    connections: .convolution(outputs: outputs, kernel: 2, stride: 2, padding: 0))
            ]
        case .spe:
            let node = outputs / 3
            let cells = (0..<3).map {
                SynapticLayer(
                    name: "\(path).cell2node.\($0).0", inputs: inputs, side: 2 * side,
                    connections: .convolution(outputs: node, kernel: 3, stride: 2, padding: 1))
            }
            let edges = ["node1_node2", "node2_node3"].map {
                SynapticLayer(
                    name: "\(path).\($0).0", inputs: node, side: side,
                    connections: .convolution(outputs: node, kernel: 3, stride: 1, padding: 1))
            }
            return cells + edges
        }
    }

    private func lifGroup(_ name: String, stage: Int, channels: Int? = nil, axes: LIFGroup.Axes = .channels) -> LIFGroup {
        LIFGroup(name: name, channels: channels ?? self.channels(stage: stage), side: grid(stage: stage), axes: axes)
    }
}

extension SynapticLayer {
    fileprivate init(_ name: String, inputs: Int, side: Int, fanOut: Int) {
        self.init(name: name, inputs: inputs, side: side, connections: .uniform(fanOut: fanOut))
    }
}
