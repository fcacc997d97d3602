extension Prediction {
    /// Columns of `predictions` in which another row of the image differs, to the bit; times do not count.
    package func differences(from other: Prediction) -> [String] {
        func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
        return [
            ("label", label == other.label), ("top5", top5 == other.top5), ("scores", bits(scores) == bits(other.scores)),
            ("timestep_top1", topByTimeStep == other.topByTimeStep),
            ("timestep_label_rank", labelRankByTimeStep == other.labelRankByTimeStep),
            ("timestep_margin", bits(marginByTimeStep) == bits(other.marginByTimeStep)),
            ("timestep_spikes", spikesByTimeStep == other.spikesByTimeStep),
            ("timestep_synops", synapticOperationsByTimeStep == other.synapticOperationsByTimeStep),
        ].filter { !$0.1 }.map(\.0)
    }
}
