import Checkpoints
import Foundation
import SpikingMLP
import Testing

/// A golden network with its input and what PyTorch computes of it.
struct GoldenCase: CustomTestStringConvertible {
    let name: String
    let timeSteps: Int
    let parameters: Parameters
    let expected: SafetensorsFile

    private static let folder =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Fixtures/golden/network"
    static let names = ["spe-tiny", "plain-tiny", "spe-t6"]

    init(_ name: String) throws {
        self.name = name
        let weights = try SafetensorsFile(path: "\(Self.folder)/\(name).safetensors")
        func number(_ key: String) throws -> Int { try #require(Int(weights.metadata[key] ?? "")) }
        let architecture = Architecture(
            family: try #require(Family(rawValue: weights.metadata["architecture"] ?? "")), dim: try number("dim"),
            depths: (weights.metadata["depths"] ?? "").split(separator: ",").compactMap { Int($0) }, alpha: try number("alpha"),
            patchSize: try number("patch_size"), imageSize: try number("image_size"), classes: try number("num_classes"))
        timeSteps = try number("T")
        var tensors: [String: Tensor] = [:]
        for specification in architecture.parameterSpecifications {
            tensors[specification.name] = try weights.tensor(specification.name)
        }
        parameters = Parameters(architecture: architecture, tensors: tensors)
        expected = try SafetensorsFile(path: "\(Self.folder)/\(name).expected.safetensors")
    }

    /// The normalised input of one image, `[3, size, size]`.
    func input(image: Int) throws -> [Float] {
        let input = try expected.tensor("input")
        let size = input.values.count / input.shape[0]
        return Array(input.values[image * size..<(image + 1) * size])
    }

    var testDescription: String { name }
}
