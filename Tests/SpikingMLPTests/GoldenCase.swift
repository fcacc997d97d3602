import Foundation
import SpikingMLP
import Testing

/// Files of the repository, found from this one.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let networks = root.appending(path: "Tests/Fixtures/golden/network")
    static let demo = root.appending(path: "pipeline/demo")
}

/// The tensors of a trusted safetensors file.
struct GoldenFile {
    struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }
    }

    let metadata: [String: String]
    let entries: [String: Entry]
    private let data: Data

    init(_ url: URL) throws {
        let bytes = try Data(contentsOf: url)
        let headerLength = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = bytes.subdata(in: 8..<8 + headerLength)
        let object = try #require(JSONSerialization.jsonObject(with: header) as? [String: Any])
        metadata = object["__metadata__"] as? [String: String] ?? [:]
        entries = try object.filter { $0.key != "__metadata__" }.mapValues {
            try JSONDecoder().decode(Entry.self, from: JSONSerialization.data(withJSONObject: $0))
        }
        data = bytes.subdata(in: 8 + headerLength..<bytes.count)
    }

    func bytes(_ name: String) throws -> (shape: [Int], values: [UInt8]) {
        let entry = try #require(entries[name])
        return (entry.shape, Array(data[entry.dataOffsets[0]..<entry.dataOffsets[1]]))
    }

    func tensor(_ name: String) throws -> Tensor {
        let (shape, bytes) = try bytes(name)
        return Tensor(
            shape: shape,
            values: bytes.withUnsafeBytes { raw in
                (0..<bytes.count / 4).map { raw.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
            })
    }
}

/// A golden network with its input and what PyTorch computes of it.
struct GoldenCase: CustomTestStringConvertible {
    let name: String
    let timeSteps: Int
    let parameters: Parameters
    let expected: GoldenFile

    static let names = ["spe-tiny", "plain-tiny", "spe-t6"]

    init(_ name: String) throws {
        self.name = name
        let weights = try GoldenFile(Repository.networks.appending(path: "\(name).safetensors"))
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
        expected = try GoldenFile(Repository.networks.appending(path: "\(name).expected.safetensors"))
    }

    /// The normalised input of one image, `[3, size, size]`.
    func input(image: Int) throws -> [Float] {
        let input = try expected.tensor("input")
        let size = input.values.count / input.shape[0]
        return Array(input.values[image * size..<(image + 1) * size])
    }

    var testDescription: String { name }
}
