import Diagnostics
import SpikingMLP

/// Tells a network's architecture from the shapes of its tensors. Where several tensors tell the same quantity the commonest answer
/// counts, so that one mis-shaped tensor is later reported as just that.
struct ArchitectureDetection {
    private let shapes: [String: [Int]]
    private let context: FailureContext

    /// Sizes beyond this are no evidence of anything.
    private static let plausible = 1...(1 << 20)
    private static let maximumBlocks = 4 * Architecture.Limit.blocksPerStage

    init(shapes: [String: [Int]], context: FailureContext) {
        self.shapes = shapes
        self.context = context
    }

    /// - Throws: `checkpoint.mismatch` where a quantity cannot be told or the network cannot be built.
    func detect() throws(Failure) -> Architecture {
        let dim = commonest([
            size("to_patch_embedding.0.0.weight", axis: 0), size("to_patch_embedding.0.1.weight", axis: 0),
            size("mlp_head.1.weight", axis: 1).map { $0 / 8 }, size("batch_norm.weight", axis: 0).map { $0 / 8 },
        ])
        let stages = dim.map { stagesOfBlocks(dim: $0) } ?? []
        let grid = commonest(stages.enumerated().flatMap { firstGrid(block: $0.offset, stage: $0.element) })
        let alpha = commonest(stages.indices.map { expansion(block: $0) })
        let patchSize = size("to_patch_embedding.0.0.weight", axis: 2)
        let classes = commonest([size("mlp_head.1.weight", axis: 0), size("mlp_head.1.bias", axis: 0)])
        guard let dim, let grid, let alpha, let patchSize, let classes else {
            let unknown = [
                dim == nil ? "dim (to_patch_embedding.0.0.weight)" : nil, patchSize == nil ? "patch (to_patch_embedding.0.0.weight)" : nil,
                grid == nil ? "image size (token_mix.*.proj_h.1.weight)" : nil, alpha == nil ? "alpha (channel_mix.*.1.net.0.weight)" : nil,
                classes == nil ? "classes (mlp_head.1.weight)" : nil,
            ]
            throw Failure(
                .checkpointMismatch,
                "\(context.fileName): the tensors are not those of a spiking MLP; nothing tells its "
                    + unknown.compactMap(\.self).joined(separator: ", "),
                remedy: "Give the whole state dict of a network of the spe or plain family.")
        }
        let depths = (0..<4).map { stage in stages.count { $0 == stage } }
        let architecture = Architecture(
            family: family, dim: dim, depths: depths, alpha: alpha, patchSize: patchSize, imageSize: grid * patchSize, classes: classes)
        do {
            try architecture.validate()
        } catch {
            throw Failure(
                .checkpointMismatch, "\(context.fileName): the shapes of the tensors describe a network that is not supported",
                remedy: error.remedy, cause: error)
        }
        return architecture
    }

    /// Patch cells are what only the spe family has.
    private var family: Family {
        shapes.keys.contains { $0.hasPrefix("to_patch_embedding.1.cell2node.") } ? .spe : .plain
    }

    /// The stage of each block, from its channel count; a block that does not tell belongs to the stage of the block before it.
    private func stagesOfBlocks(dim: Int) -> [Int] {
        let numbers = shapes.keys.compactMap(blockNumber)
        guard let last = numbers.max() else { return [] }
        var stages: [Int] = []
        for block in 0...last {
            let previous = stages.last ?? 0
            let told = channels(block: block).flatMap { channels in (previous..<4).first { dim << $0 == channels } }
            stages.append(told ?? previous)
        }
        return stages
    }

    private func blockNumber(_ name: String) -> Int? {
        let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "token_mix" || parts[0] == "channel_mix", parts[1].utf8.count <= 4,
            let number = Int(parts[1]), (0..<ArchitectureDetection.maximumBlocks).contains(number)
        else { return nil }
        return number
    }

    private func channels(block: Int) -> Int? {
        commonest([
            size("token_mix.\(block).fuse.0.weight", axis: 0), size("channel_mix.\(block).1.net.3.weight", axis: 0),
            size("channel_mix.\(block).1.net.0.weight", axis: 1),
        ])
    }

    /// What a block tells about the side of the first stage's grid, in tokens.
    private func firstGrid(block: Int, stage: Int) -> [Int?] {
        ["proj_h", "proj_w"].map { size("token_mix.\(block).\($0).1.weight", axis: 0).map { $0 << stage } }
    }

    private func expansion(block: Int) -> Int? {
        guard let hidden = size("channel_mix.\(block).1.net.0.weight", axis: 0),
            let channels = size("channel_mix.\(block).1.net.0.weight", axis: 1), hidden.isMultiple(of: channels)
        else { return nil }
        return hidden / channels
    }

    private func size(_ name: String, axis: Int) -> Int? {
        guard let shape = shapes[name], shape.count > axis, ArchitectureDetection.plausible.contains(shape[axis]) else { return nil }
        return shape[axis]
    }

    /// The commonest value; of several equally common ones the one met first.
    private func commonest(_ values: [Int?]) -> Int? {
        var counts: [Int: Int] = [:]
        for case let value? in values {
            counts[value, default: 0] += 1
        }
        let most = counts.values.max()
        return values.lazy.compactMap(\.self).first { counts[$0] == most }
    }
}
