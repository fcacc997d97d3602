/// The two families of spiking MLP networks: they differ in how stages are embedded and in the identity branch of token mixing.
package enum Family: String, Sendable, Hashable, CaseIterable, Codable {
    /// Spiking patch encoding: `PatchCell` between stages, spikes as the identity branch.
    case spe
    /// A strided convolution between stages, a LIF of its own in the identity branch.
    case plain
}

/// What a network looks like; everything that tensor shapes tell. The number of time steps is not part of it.
package struct Architecture: Hashable, Sendable, Codable {
    package var family: Family
    /// Channels of the first stage; stage `i` has `dim << i`.
    package var dim: Int
    /// Blocks per stage; four stages.
    package var depths: [Int]
    /// Expansion of the channel-mixing hidden layer.
    package var alpha: Int
    /// Side of the first convolution's kernel and stride, in pixels.
    package var patchSize: Int
    /// Side of the square input, in pixels.
    package var imageSize: Int
    package var classes: Int

    package init(family: Family, dim: Int, depths: [Int], alpha: Int, patchSize: Int, imageSize: Int, classes: Int) {
        self.family = family
        self.dim = dim
        self.depths = depths
        self.alpha = alpha
        self.patchSize = patchSize
        self.imageSize = imageSize
        self.classes = classes
    }

    /// Channels of stage `stage` (0 to 3).
    package func channels(stage: Int) -> Int { dim << stage }

    /// Side of stage `stage`'s square grid of tokens.
    package func grid(stage: Int) -> Int { (imageSize / patchSize) >> stage }
}
