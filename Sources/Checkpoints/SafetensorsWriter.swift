package import Diagnostics
package import Networks
import SystemPackage

/// Writes a safetensors file that depends on nothing but its contents: tensors ordered by element size (widest first, so that each is
/// aligned) and name, metadata by key.
package struct SafetensorsWriter: Sendable {
    private enum Elements: Sendable {
        case float32([Float])
        case uint8([UInt8])
        case int32([Int32])
        case int64([Int64])
    }

    private struct Entry: Sendable {
        var name: String
        var elementType: ElementType
        var shape: [Int]
        var elements: Elements
        var byteCount: Int
    }

    /// Free text beside the tensors, the file's `__metadata__`.
    package var metadata: [String: String]
    private var entries: [Entry] = []
    private var names: Set<String> = []

    package init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Adds float32 elements.
    package mutating func add(_ name: String, _ tensor: Tensor) {
        add(name, shape: tensor.shape, floats: tensor.values)
    }

    /// Adds float32 elements, row-major.
    package mutating func add(_ name: String, shape: [Int], floats: [Float]) {
        append(name, .float32, shape, floats.count, .float32(floats))
    }

    /// Adds uint8 elements, row-major.
    package mutating func add(_ name: String, shape: [Int], bytes: [UInt8]) {
        append(name, .uint8, shape, bytes.count, .uint8(bytes))
    }

    /// Adds int32 elements, row-major.
    package mutating func add(_ name: String, shape: [Int], integers: [Int32]) {
        append(name, .int32, shape, integers.count, .int32(integers))
    }

    /// Adds int64 elements, row-major.
    package mutating func add(_ name: String, shape: [Int], integers: [Int64]) {
        append(name, .int64, shape, integers.count, .int64(integers))
    }

    private mutating func append(_ name: String, _ type: ElementType, _ shape: [Int], _ count: Int, _ elements: Elements) {
        precondition(StoredTensor.elementCount(shape) == count, "the shape of a tensor must match its elements")
        precondition(name != "__metadata__" && names.insert(name).inserted, "the names of tensors must differ")
        entries.append(Entry(name: name, elementType: type, shape: shape, elements: elements, byteCount: count * type.size))
    }

    /// Writes to a new file beside `path` and renames it, so that readers see the old file or the whole new one.
    ///
    /// - Throws: `checkpoint.unwritable`; nothing is left behind then.
    package func write(to path: String) throws(Failure) {
        var output = try AtomicFile(path: path)
        let ordered = entries.sorted { ($1.elementType.size, $0.name) < ($0.elementType.size, $1.name) }
        try output.write(header(ordered))
        for entry in ordered {
            switch entry.elements {
            case .float32(let values): try write(values, to: &output) { $0.bitPattern }
            case .uint8(let values): try output.write(values)
            case .int32(let values): try write(values, to: &output) { $0 }
            case .int64(let values): try write(values, to: &output) { $0 }
            }
        }
        try output.commit()
    }

    private func write<Value, Bits: FixedWidthInteger>(
        _ values: [Value], to output: inout AtomicFile, _ bits: (Value) -> Bits
    ) throws(Failure) {
        let width = Bits.bitWidth / 8
        let valuesPerChunk = 1 << 18
        var chunk: [UInt8] = []
        chunk.reserveCapacity(min(valuesPerChunk, values.count) * width)
        for start in stride(from: 0, to: values.count, by: valuesPerChunk) {
            chunk.removeAll(keepingCapacity: true)
            for value in values[start..<min(start + valuesPerChunk, values.count)] {
                let pattern = bits(value)
                for shift in stride(from: 0, to: Bits.bitWidth, by: 8) {
                    chunk.append(UInt8(truncatingIfNeeded: pattern >> Bits(truncatingIfNeeded: shift)))
                }
            }
            try output.write(chunk)
        }
    }

    private func header(_ ordered: [Entry]) -> [UInt8] {
        var fields: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }
            fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var begin = 0
        for entry in ordered {
            let end = begin + entry.byteCount
            let shape = entry.shape.map(String.init).joined(separator: ",")
            fields.append(
                "\(JSONText.quoted(entry.name)):{\"dtype\":\"\(entry.elementType.safetensorsName)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(begin),\(end)]}")
            begin = end
        }
        var json = Array("{\(fields.joined(separator: ","))}".utf8)
        let padding = (8 - json.count % 8) % 8
        json += [UInt8](repeating: UInt8(ascii: " "), count: padding)
        let length = UInt64(json.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + json
    }
}
