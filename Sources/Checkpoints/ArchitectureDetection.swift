package import Diagnostics
internal import SpikingMLP

extension Failure.Code {
    /// The tensors are not those of a network that this program knows.
    package static let checkpointMismatch = Failure.Code("checkpoint.mismatch")
}

/// Finds the architecture from tensor shapes: names of sizes mislead.
struct ArchitectureDetection {
    let source: TensorSource

    /// - Throws: `checkpoint.mismatch` naming the tensor that does not fit, `architecture.invalid`.
    func detect() throws -> Architecture {
        let patch = try shape("to_patch_embedding.0.0.weight", rank: 4)
        let head = try shape("mlp_head.1.weight", rank: 2)
        let dim = patch[0]
        let family: Family = find("to_patch_embedding.1.cell2node.0.0.weight") == nil ? .plain : .spe
        var depths = [0, 0, 0, 0]
        var alpha: Int?
        var grid: Int?
        var block = 0
        while let fuse = find("token_mix.\(block).fuse.0.weight") {
            guard fuse.count == 4, let stage = (0..<4).first(where: { dim << $0 == fuse[0] }) else {
                throw mismatch("token_mix.\(block).fuse.0.weight has shape \(fuse), which belongs to no stage of dim \(dim)")
            }
            depths[stage] += 1
            let hidden = try shape("channel_mix.\(block).1.net.0.weight", rank: 2)
            let rows = try shape("token_mix.\(block).proj_h.1.weight", rank: 4)
            if alpha == nil, hidden[1] > 0 { alpha = hidden[0] / hidden[1] }
            if grid == nil { grid = rows[0].multipliedReportingOverflow(by: 1 << stage).partialValue }
            block += 1
            guard block <= 4 * Architecture.Limit.blocksPerStage else { throw mismatch("it has more than \(block) blocks") }
        }
        guard let alpha, let grid else { throw mismatch("there is no token_mix.0.fuse.0.weight, so it has no blocks") }
        let (imageSize, overflow) = grid.multipliedReportingOverflow(by: patch[2])
        guard !overflow else { throw mismatch("its grid of \(grid) tokens a side is too large") }
        let architecture = Architecture(
            family: family, dim: dim, depths: depths, alpha: alpha, patchSize: patch[2], imageSize: imageSize, classes: head[0])
        do {
            try architecture.validate()
        } catch {
            throw Failure(
                Failure.code(of: error) ?? .checkpointMismatch, "\(source.name): its tensors make no network that can be built",
                remedy: "check that it is the checkpoint of a spiking MLP", cause: error)
        }
        return architecture
    }

    private func find(_ name: String) -> [Int]? {
        source.shapes[name] ?? source.shapes["module." + name]
    }

    private func shape(_ name: String, rank: Int) throws -> [Int] {
        guard let shape = find(name) else { throw mismatch("there is no tensor \(name)") }
        guard shape.count == rank, shape.allSatisfy({ $0 > 0 && $0 <= 1 << 20 }) else {
            throw mismatch("\(name) has shape \(shape), not \(rank) sensible dimensions")
        }
        return shape
    }

    private func mismatch(_ problem: String) -> Failure {
        Failure(
            .checkpointMismatch, "\(source.name) is no checkpoint of a spiking MLP: \(problem)",
            remedy: "give the state dict of a spiking MLP of the spe or the plain family")
    }
}
