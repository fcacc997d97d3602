extension Architecture {
    /// Indices into ``lifGroups`` in the order in which spikes pass through them within a time step, so that of two evaluations' first
    /// difference all others may follow. The two projections of a block's token mixing read the same spikes.
    package var groupsInDataFlow: [Int] {
        var names: [String] = []
        for stage in 0..<4 {
            if family == .spe, stage > 0 { names += (0..<2).map { "to_patch_embedding.\(stage).lif.\($0)" } }
            names.append("to_patch_embedding_lif.\(stage)")
            for block in blocks where block.stage == stage {
                let path = "token_mix.\(block.index)"
                if family == .plain { names.append("\(path).activation") }
                names += ["\(path).proj_w.3", "\(path).proj_h.3", "token_mix_lif.\(block.index)"]
                names += ["channel_mix.\(block.index).1.net.2", "channel_mix_lif.\(block.index)"]
            }
        }
        let places = Dictionary(lifGroups.enumerated().map { ($1.name, $0) }) { first, _ in first }
        return names.compactMap { places[$0] }
    }
}
