extension Architecture {
    /// One MLP block: token mixing, then channel mixing.
    package struct Block: Sendable, Hashable {
        /// Number of the block through all stages, as in `token_mix.<index>`.
        package var index: Int
        /// The stage (0 to 3) it belongs to.
        package var stage: Int
    }

    /// The blocks of all stages in the order of computation.
    package var blocks: [Block] {
        let stages = depths.indices.flatMap { stage in repeatElement(stage, count: depths[stage]) }
        return stages.enumerated().map { Block(index: $0.offset, stage: $0.element) }
    }
}
