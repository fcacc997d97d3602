internal import Diagnostics
internal import FoundationEssentials
package import SpikingMLP

/// Writes `.safetensors` files: tensors in the order they were added, the same bytes for the same tensors.
package struct SafetensorsWriter {
    private var header: [String: HeaderEntry] = [:]
    private var data = Data()

    private struct HeaderEntry: Encodable {
        var dtype: String
        var shape: [Int]
        var offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    package var metadata: [String: String] = [:]

    package init() {}

    package mutating func add(_ name: String, _ tensor: Tensor) {
        add(name, .float32, tensor.shape, tensor.values.map(\.bitPattern))
    }

    package mutating func add(_ name: String, shape: [Int], bytes: [UInt8]) {
        add(name, .uint8, shape, bytes)
    }

    package mutating func add(_ name: String, shape: [Int], integers: [Int64]) {
        add(name, .int64, shape, integers)
    }

    private mutating func add<Element: FixedWidthInteger & BitwiseCopyable>(
        _ name: String, _ type: ElementType, _ shape: [Int], _ elements: [Element]
    ) {
        precondition(elementCount(shape) == elements.count && header[name] == nil)
        let start = data.count
        elements.withUnsafeBytes { data.append(contentsOf: $0) }
        header[name] = HeaderEntry(dtype: type.rawValue, shape: shape, offsets: [start, data.count])
    }

    /// Writes the file, replacing one that is there in a single step.
    package func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = try encoder.encode(header)
        if !metadata.isEmpty {
            let meta = String(decoding: try encoder.encode(metadata), as: UTF8.self)
            let rest = String(decoding: json, as: UTF8.self).dropFirst()
            json = Data(("{\"__metadata__\":" + meta + (rest == "}" ? "" : ",") + rest).utf8)
        }
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        var file = Data()
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { file.append(contentsOf: $0) }
        file.append(json)
        file.append(data)
        do {
            try file.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure(
                Failure.Code("file.unwritable"), "\(path) cannot be written", remedy: "check that the folder is there and may be written",
                cause: error)
        }
    }
}
