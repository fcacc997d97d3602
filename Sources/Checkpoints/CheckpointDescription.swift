package import SpikingMLP

/// What `evalctl model show` prints of a checkpoint; the keys of its JSON form are stable.
package struct CheckpointDescription: Sendable, Hashable, Codable {
    package var family: Family
    package var dim: Int
    package var depths: [Int]
    package var alpha: Int
    package var patchSize: Int
    package var imageSize: Int
    package var classes: Int
    package var parameters: Int
    /// The paper's name for the network, where it is one of the paper's.
    package var paperName: String?
    package var savedTimeSteps: Int?
    package var format: String
    package var sha256: String

    enum CodingKeys: String, CodingKey {
        case family, dim, depths, alpha
        case patchSize = "patch"
        case imageSize = "image"
        case classes, parameters
        case paperName = "paper_name"
        case savedTimeSteps = "saved_timesteps"
        case format, sha256
    }

    package init(_ checkpoint: Checkpoint) {
        self.init(
            checkpoint.architecture, savedTimeSteps: checkpoint.savedTimeSteps, format: checkpoint.format.rawValue,
            sha256: checkpoint.sha256)
    }

    package init(_ architecture: Architecture, savedTimeSteps: Int?, format: String, sha256: String) {
        family = architecture.family
        dim = architecture.dim
        depths = architecture.depths
        alpha = architecture.alpha
        patchSize = architecture.patchSize
        imageSize = architecture.imageSize
        classes = architecture.classes
        parameters = architecture.parameterCount
        paperName = architecture.paperName
        self.savedTimeSteps = savedTimeSteps
        self.format = format
        self.sha256 = sha256
    }
}
