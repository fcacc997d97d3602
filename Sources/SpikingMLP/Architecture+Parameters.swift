extension Architecture {
    /// Every tensor a network of this architecture needs, canonical names in PyTorch's state dict order, `num_batches_tracked` left out.
    package var parameterSpecifications: [ParameterSpecification] {
        var list = ParameterList()
        list.convolution("to_patch_embedding.0.0", outputs: dim, inputs: 3, kernel: patchSize)
        list.batchNorm("to_patch_embedding.0.1", features: dim)
        for stage in 1..<4 {
            appendEmbedding(stage: stage, to: &list)
        }
        for block in blocks {
            appendTokenMixing(block, to: &list)
        }
        for block in blocks {
            appendChannelMixing(block, to: &list)
        }
        list.batchNorm("batch_norm", features: channels(stage: 3))
        list.linear("mlp_head.1", outputs: classes, inputs: channels(stage: 3))
        return list.specifications
    }

    /// The number of trainable parameters (running statistics not counted).
    package var parameterCount: Int {
        parameterSpecifications.reduce(0) { $0 + ($1.isTrainable ? $1.shape.reduce(1, *) : 0) }
    }

    /// The module paths of all batch normalisations in state dict order. A PyTorch state dict also has `<path>.num_batches_tracked`, an I64 scalar, for each.
    package var batchNormNames: [String] {
        let field = ".running_mean"
        return parameterSpecifications.filter { $0.name.hasSuffix(field) }.map { String($0.name.dropLast(field.count)) }
    }

    private func appendEmbedding(stage: Int, to list: inout ParameterList) {
        let path = "to_patch_embedding.\(stage)"
        let inputs = channels(stage: stage - 1)
        let outputs = channels(stage: stage)
        switch family {
        case .spe:
            let node = outputs / 3
            for index in 0..<3 {
                list.convolution("\(path).cell2node.\(index).0", outputs: node, inputs: inputs, kernel: 3)
                list.batchNorm("\(path).cell2node.\(index).1", features: node)
            }
            for edge in ["node1_node2", "node2_node3"] {
                list.convolution("\(path).\(edge).0", outputs: node, inputs: node, kernel: 3)
                list.batchNorm("\(path).\(edge).1", features: node)
            }
        case .plain:
            list.convolution("\(path).0", outputs: outputs, inputs: inputs, kernel: 2)
            list.batchNorm("\(path).1", features: outputs)
        }
    }

    private func appendTokenMixing(_ block: Block, to list: inout ParameterList) {
        let path = "token_mix.\(block.index)"
        let channels = channels(stage: block.stage)
        let side = grid(stage: block.stage)
        if family == .plain {
            list.batchNorm("\(path).BN", features: channels)
        }
        for projection in ["proj_w", "proj_h"] {
            list.convolution("\(path).\(projection).1", outputs: side, inputs: side, kernel: 1, hasBias: true)
            list.batchNorm("\(path).\(projection).2", features: side)
        }
        list.convolution("\(path).fuse.0", outputs: channels, inputs: 3 * channels, kernel: 1)
        list.batchNorm("\(path).fuse.1", features: channels)
    }

    private func appendChannelMixing(_ block: Block, to list: inout ParameterList) {
        let path = "channel_mix.\(block.index).1.net"
        let channels = channels(stage: block.stage)
        let side = grid(stage: block.stage)
        list.linear("\(path).0", outputs: alpha * channels, inputs: channels)
        list.batchNorm("\(path).1", features: side * side)
        list.linear("\(path).3", outputs: channels, inputs: alpha * channels)
        list.batchNorm("\(path).4", features: side * side)
    }
}

/// Collects specifications in PyTorch's order of registration: weight before bias, parameters before buffers.
private struct ParameterList {
    var specifications: [ParameterSpecification] = []

    mutating func convolution(_ path: String, outputs: Int, inputs: Int, kernel: Int, hasBias: Bool = false) {
        specifications.append(ParameterSpecification(name: "\(path).weight", shape: [outputs, inputs, kernel, kernel], isTrainable: true))
        if hasBias {
            specifications.append(ParameterSpecification(name: "\(path).bias", shape: [outputs], isTrainable: true))
        }
    }

    mutating func linear(_ path: String, outputs: Int, inputs: Int) {
        specifications.append(ParameterSpecification(name: "\(path).weight", shape: [outputs, inputs], isTrainable: true))
        specifications.append(ParameterSpecification(name: "\(path).bias", shape: [outputs], isTrainable: true))
    }

    mutating func batchNorm(_ path: String, features: Int) {
        for field in ["weight", "bias"] {
            specifications.append(ParameterSpecification(name: "\(path).\(field)", shape: [features], isTrainable: true))
        }
        for field in ["running_mean", "running_var"] {
            specifications.append(ParameterSpecification(name: "\(path).\(field)", shape: [features], isTrainable: false))
        }
    }
}
