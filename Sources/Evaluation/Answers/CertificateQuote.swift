/// What a run's report says of its certificate.
package struct CertificateQuote: Sendable, Hashable, Codable {
    package var grade: Certificate.Grade
    /// Multiplications on spike paths, over all images.
    package var spikePathMultiplications: Int
    /// Multiplications of the first convolution, over all images.
    package var inputLayerMultiplications: Int
    package var equalToEngine: Bool?
    package var kernels: String
    package var images: Int
    package var version: String
    /// ISO 8601, UTC, by the database's clock.
    package var madeAt: String

    enum CodingKeys: String, CodingKey {
        case grade
        case spikePathMultiplications = "spike_path_multiplications"
        case inputLayerMultiplications = "input_layer_multiplications"
        case equalToEngine = "equal_to_engine"
        case kernels
        case images
        case version
        case madeAt = "made_at"
    }

    package init(
        grade: Certificate.Grade, spikePathMultiplications: Int, inputLayerMultiplications: Int, equalToEngine: Bool?, kernels: String,
        images: Int, version: String, madeAt: String
    ) {
        self.grade = grade
        self.spikePathMultiplications = spikePathMultiplications
        self.inputLayerMultiplications = inputLayerMultiplications
        self.equalToEngine = equalToEngine
        self.kernels = kernels
        self.images = images
        self.version = version
        self.madeAt = madeAt
    }
}
