package import Diagnostics
package import Networks

/// A network as models were recorded when spiking MLPs were the only ones.
package struct RecordedArchitecture: Sendable, Decodable {
    private let family: String
    private let dim: Int
    private let depths: [Int]
    private let alpha: Int
    private let patch: Int
    private let image: Int
    private let classes: Int

    /// A family's name as `--network` takes it, of one that was recorded.
    package static func familyName(_ recorded: String) -> String { ["spe", "plain"].contains(recorded) ? SpikingMLP.name : recorded }

    /// - Throws: `network.invalid` where what was recorded cannot be.
    package func network() throws(Failure) -> Network {
        let bounds = 1...4096
        guard [dim, alpha, patch, image].allSatisfy(bounds.contains), depths.count == 4, depths.allSatisfy(bounds.contains),
            image.isMultiple(of: 8 * patch), (1...NetworkLimit.classes).contains(classes)
        else {
            throw Failure(
                .invalidNetwork, "The network that was recorded with the model cannot be.", remedy: "Register the model again.")
        }
        return try NetworkFamilies.network(
            SpikingMLP.self,
            SpikingMLP.Configuration(
                hasPatchCells: family == "spe", dim: dim, depths: depths, alpha: alpha, patch: patch, imageSize: image, classes: classes))
    }
}
