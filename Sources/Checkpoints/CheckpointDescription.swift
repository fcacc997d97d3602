package import SpikingMLP

/// What `evalctl model show` tells of a checkpoint. As JSON every key is always there, with `null` where nothing is known.
package struct CheckpointDescription: Sendable, Hashable, Codable {
    /// The paper's name for exactly this architecture.
    package var name: String?
    package var family: Family
    package var dim: Int
    /// Blocks per stage.
    package var depths: [Int]
    package var alpha: Int
    /// Pixels.
    package var patch: Int
    /// Pixels.
    package var image: Int
    package var classes: Int
    /// Trainable parameters.
    package var parameters: Int
    /// T of the saved training arguments.
    package var timesteps: Int?
    package var epoch: Int?
    package var format: FileFormat
    /// Size of the file.
    package var bytes: Int
    package var sha256: String
    /// How the file was read: what was left out, which weights were chosen. Models that were stored before this was kept have none.
    package var notices: [String]?

    package init(_ checkpoint: Checkpoint) {
        self.init(checkpoint.architecture, format: checkpoint.format, bytes: checkpoint.fileBytes, sha256: checkpoint.sha256)
        timesteps = checkpoint.savedTimeSteps
        epoch = checkpoint.epoch
        notices = checkpoint.notices
    }

    /// A description of a network whose weights are in a file of `bytes` bytes; nothing is known of its training.
    package init(_ architecture: Architecture, format: FileFormat, bytes: Int, sha256: String) {
        name = architecture.paperName
        family = architecture.family
        dim = architecture.dim
        depths = architecture.depths
        alpha = architecture.alpha
        patch = architecture.patchSize
        image = architecture.imageSize
        classes = architecture.classes
        parameters = architecture.parameterCount
        self.format = format
        self.bytes = bytes
        self.sha256 = sha256
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(family, forKey: .family)
        try container.encode(dim, forKey: .dim)
        try container.encode(depths, forKey: .depths)
        try container.encode(alpha, forKey: .alpha)
        try container.encode(patch, forKey: .patch)
        try container.encode(image, forKey: .image)
        try container.encode(classes, forKey: .classes)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(timesteps, forKey: .timesteps)
        try container.encode(epoch, forKey: .epoch)
        try container.encode(format, forKey: .format)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(notices ?? [], forKey: .notices)
    }

    /// The architecture, as tensor shapes told it.
    package var architecture: Architecture {
        Architecture(
            family: family, dim: dim, depths: depths, alpha: alpha, patchSize: patch, imageSize: image, classes: classes)
    }
}
