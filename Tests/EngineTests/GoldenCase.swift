import Checkpoints
import Foundation
import Networks
import Testing

/// A golden network with its input and what PyTorch computes of it.
struct GoldenCase: CustomTestStringConvertible {
    let name: String
    let timeSteps: Int
    let network: Network
    let parameters: Parameters
    let expected: SafetensorsFile

    private static let folder =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures/golden"
    /// Spiking MLPs.
    static let names = ["spe-tiny", "plain-tiny", "spe-t6"]
    /// Networks of all families.
    static let zoo = [
        "sew-add", "sew-iand", "sew-and", "sew-original", "resnet-if", "resnet-original", "resnet-tdbn", "resnet-soft", "ms-zoo",
        "ms-original", "ms-104", "vgg-bn", "vgg-soft", "vgg-plif", "sdt-zoo", "sdt-original", "max-original", "spe-tebn", "spe-tdbn",
    ]
    /// What `--network` has to say of a case, because its checkpoint does not.
    private static let options = [
        "resnet-tdbn": "spiking-resnet,neuron=lif,tau=4/3,decay-input=no,threshold=0.5", "sdt-zoo": "spike-driven-transformer,heads=4",
    ]

    init(_ name: String) throws {
        self.name = name
        let path = "\(Self.folder)/\(Self.zoo.contains(name) ? "zoo" : "network")/\(name)"
        expected = try SafetensorsFile(path: "\(path).expected.safetensors")
        let size = try expected.shape("input")[3]
        let checkpoint = try Checkpoint.load(
            path: "\(path).pth", network: try Self.options[name].map { try NetworkChoice(parsing: $0) },
            imageSize: name.hasPrefix("spe-") || name.hasPrefix("plain-") ? nil : size)
        network = checkpoint.network
        parameters = checkpoint.parameters
        timeSteps = try expected.shape("logits")[0]
    }

    /// The normalised input of one image, `[3, size, size]`.
    func input(image: Int) throws -> [Float] {
        let input = try expected.tensor("input")
        let size = input.values.count / input.shape[0]
        return Array(input.values[image * size..<(image + 1) * size])
    }

    var testDescription: String { name }
}
