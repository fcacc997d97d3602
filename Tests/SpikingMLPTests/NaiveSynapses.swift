import Checkpoints
import SpikingMLP
import Testing

/// Synaptic operations counted the slow way: for every output of a layer, look at each input in its receptive field and count the spikes.
struct NaiveSynapses {
    let architecture: Architecture
    let image: Int
    let golden: SafetensorsFile

    /// The operations of each layer, by module path, `[steps]`.
    func count(timeSteps: Int) throws -> [String: [Int]] {
        var counts: [String: [Int]] = [:]
        for stage in 1..<4 {
            let path = "to_patch_embedding.\(stage)"
            let before = lastSpikes(stage: stage - 1)
            let channels = architecture.channels(stage: stage)
            switch architecture.family {
            case .plain:
                counts["\(path).0"] = try convolution(of: before, outputs: channels, kernel: 2, stride: 2, padding: 0)
            case .spe:
                for node in 0..<3 {
                    counts["\(path).cell2node.\(node).0"] = try convolution(
                        of: before, outputs: channels / 3, kernel: 3, stride: 2, padding: 1)
                }
                for (edge, lif) in [("node1_node2", 0), ("node2_node3", 1)] {
                    counts["\(path).\(edge).0"] = try convolution(
                        of: "\(path).lif.\(lif)", outputs: channels / 3, kernel: 3, stride: 1, padding: 1)
                }
            }
        }
        for block in architecture.blocks {
            let channels = architecture.channels(stage: block.stage)
            let isFirst = block.index == 0 || architecture.blocks[block.index - 1].stage != block.stage
            let input = isFirst ? "to_patch_embedding_lif.\(block.stage)" : "channel_mix_lif.\(block.index - 1)"
            let path = "token_mix.\(block.index)"
            counts["\(path).proj_w.1"] = try projection(of: input, alongRows: false)
            counts["\(path).proj_h.1"] = try projection(of: input, alongRows: true)
            let identity = architecture.family == .plain ? "\(path).activation" : input
            let branches = try [identity, "\(path).proj_h.3", "\(path).proj_w.3"].map { try pointwise(of: $0, outputs: channels) }
            counts["\(path).fuse.0"] = (0..<timeSteps).map { step in branches.reduce(0) { $0 + $1[step] } }
            let net = "channel_mix.\(block.index).1.net"
            counts["\(net).0"] = try pointwise(of: "token_mix_lif.\(block.index)", outputs: architecture.alpha * channels)
            counts["\(net).3"] = try pointwise(of: "\(net).2", outputs: channels)
        }
        counts["mlp_head.1"] = try pointwise(of: lastSpikes(stage: 3), outputs: architecture.classes)
        return counts
    }

    private func lastSpikes(stage: Int) -> String {
        "channel_mix_lif.\(architecture.blocks.last { $0.stage == stage }?.index ?? -1)"
    }

    /// The image's spikes of a group, one flat array per step, with the shape of a step.
    private func spikes(_ group: String) throws -> (shape: [Int], steps: [[UInt8]]) {
        let shape = try golden.shape("spikes/\(group)")
        let values = try golden.bytes("spikes/\(group)")
        let size = shape.dropFirst(2).reduce(1, *)
        let steps = (0..<shape[0]).map { step in
            Array(values[(step * shape[1] + image) * size..<(step * shape[1] + image + 1) * size])
        }
        return (Array(shape.dropFirst(2)), steps)
    }

    private func convolution(of group: String, outputs: Int, kernel: Int, stride: Int, padding: Int) throws -> [Int] {
        let (shape, steps) = try spikes(group)
        let (channels, side) = (shape[0], shape[1])
        let outputSide = (side + 2 * padding - kernel) / stride + 1
        return steps.map { values in
            var operations = 0
            for position in 0..<outputs * outputSide * outputSide {
                let row = position / outputSide % outputSide * stride - padding
                let column = position % outputSide * stride - padding
                for channel in 0..<channels {
                    for y in max(0, row)..<min(side, row + kernel) {
                        for x in max(0, column)..<min(side, column + kernel) {
                            operations += Int(values[(channel * side + y) * side + x])
                        }
                    }
                }
            }
            return operations
        }
    }

    private func projection(of group: String, alongRows: Bool) throws -> [Int] {
        let (shape, steps) = try spikes(group)
        let (channels, side) = (shape[0], shape[1])
        return steps.map { values in
            var operations = 0
            for channel in 0..<channels {
                for row in 0..<side {
                    for column in 0..<side {
                        for index in 0..<side {
                            let (y, x) = alongRows ? (index, column) : (row, index)
                            operations += Int(values[(channel * side + y) * side + x])
                        }
                    }
                }
            }
            return operations
        }
    }

    private func pointwise(of group: String, outputs: Int) throws -> [Int] {
        try spikes(group).steps.map { values in
            var operations = 0
            for _ in 0..<outputs {
                for value in values { operations += Int(value) }
            }
            return operations
        }
    }
}
