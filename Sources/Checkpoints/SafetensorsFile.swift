internal import FoundationEssentials
package import SpikingMLP

/// A `.safetensors` file: 8 bytes of header length, a JSON header, raw data. It is checked whole when it is opened: every tensor
/// lies inside the data, of the size that its shape says, and no two share a byte.
package struct SafetensorsFile: Sendable {
    /// Longest header that is read, in bytes.
    static let maximumHeaderBytes = 16 << 20

    struct Entry: Sendable {
        var type: ElementType
        var shape: [Int]
        /// In the file.
        var bytes: Range<Int>
    }

    let file: FileBytes
    let entries: [String: Entry]
    package let metadata: [String: String]

    /// Names of the tensors, sorted.
    package var names: [String] { entries.keys.sorted() }

    /// - Throws: `checkpoint.unreadable`, `checkpoint.malformed`.
    package init(path: String) throws {
        try self.init(FileBytes(path: path))
    }

    package init(bytes: [UInt8], name: String) throws {
        try self.init(FileBytes(bytes, name: name))
    }

    init(_ file: FileBytes) throws {
        self.file = file
        let headerBytes = try file.size(at: 0, "the length of the safetensors header")
        guard headerBytes <= Self.maximumHeaderBytes else {
            throw file.malformed("the safetensors header claims \(headerBytes) bytes, more than \(Self.maximumHeaderBytes)")
        }
        let header = try file.range(8, headerBytes, "the safetensors header")
        let decoded: [String: HeaderValue]
        do {
            decoded = try JSONDecoder().decode([String: HeaderValue].self, from: Data(file.bytes(header)))
        } catch {
            throw file.malformed("the safetensors header is not the JSON it should be")
        }
        var entries: [String: Entry] = [:]
        var metadata: [String: String] = [:]
        for (name, value) in decoded.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .metadata(let map):
                guard name == "__metadata__" else { throw file.malformed("header entry \(name.prefix(200)) describes no tensor") }
                metadata = map
            case .tensor(let type, let shape, let offsets):
                entries[name] = try Self.entry(String(name.prefix(200)), type, shape, offsets, dataStart: header.upperBound, file)
            }
        }
        try Self.refuseOverlaps(entries, file)
        self.entries = entries
        self.metadata = metadata
    }

    private static func entry(
        _ name: String, _ typeName: String, _ shape: [Int], _ offsets: [Int], dataStart: Int, _ file: FileBytes
    ) throws -> Entry {
        guard let type = ElementType(rawValue: typeName) else {
            throw file.malformed("tensor \(name) has the unknown type \(typeName.prefix(20))")
        }
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
            throw file.malformed("tensor \(name) has no valid data offsets")
        }
        let size = elementCount(shape).flatMap { count in
            let (bytes, overflow) = count.multipliedReportingOverflow(by: type.bytes)
            return overflow ? nil : bytes
        }
        guard let size, size == offsets[1] - offsets[0] else {
            throw file.malformed("tensor \(name) has not as many bytes as its shape says")
        }
        let (start, overflow) = dataStart.addingReportingOverflow(offsets[0])
        guard !overflow else { throw file.malformed("tensor \(name) lies outside the file") }
        return Entry(type: type, shape: shape, bytes: try file.range(start, size, "tensor \(name)"))
    }

    private static func refuseOverlaps(_ entries: [String: Entry], _ file: FileBytes) throws {
        let ordered = entries.filter { !$0.value.bytes.isEmpty }.sorted { $0.value.bytes.lowerBound < $1.value.bytes.lowerBound }
        for (first, second) in zip(ordered, ordered.dropFirst()) where first.value.bytes.upperBound > second.value.bytes.lowerBound {
            throw file.malformed("tensors \(first.key.prefix(200)) and \(second.key.prefix(200)) share bytes")
        }
    }

    /// A tensor as float32.
    package func tensor(_ name: String) throws -> Tensor {
        let entry = try entry(name)
        let count = entry.bytes.count / entry.type.bytes
        return Tensor(shape: entry.shape, values: file.floats(entry.type, at: entry.bytes.lowerBound, count: count))
    }

    /// A tensor's elements as integers.
    package func integers(_ name: String) throws -> (shape: [Int], values: [Int]) {
        let entry = try entry(name)
        let span = file.data.bytes
        var values: [Int] = []
        for offset in stride(from: entry.bytes.lowerBound, to: entry.bytes.upperBound, by: entry.type.bytes) {
            values.append(entry.type.integer(in: span, at: offset))
        }
        return (entry.shape, values)
    }

    private func entry(_ name: String) throws -> Entry {
        guard let entry = entries[name] else { throw file.malformed("there is no tensor \(name)") }
        return entry
    }
}

/// Product of a shape, nil where it is negative or overflows.
func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for dimension in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
        guard dimension >= 0, !overflow else { return nil }
        count = product
    }
    return count
}

private enum HeaderValue: Decodable {
    case metadata([String: String])
    case tensor(type: String, shape: [Int], offsets: [Int])

    private enum Key: String, CodingKey {
        case dtype, shape
        case offsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if container.contains(.dtype) {
            self = .tensor(
                type: try container.decode(String.self, forKey: .dtype), shape: try container.decode([Int].self, forKey: .shape),
                offsets: try container.decode([Int].self, forKey: .offsets))
        } else {
            self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
        }
    }
}
