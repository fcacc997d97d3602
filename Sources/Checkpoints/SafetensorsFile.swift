package import Diagnostics
package import Networks

/// A safetensors file: 8 bytes of header length (little-endian), a JSON header, the elements. Memory-mapped; a tensor is read when
/// asked for.
package struct SafetensorsFile: Sendable {
    /// The names of the tensors in the order of their data.
    package let names: [String]
    /// The file's `__metadata__`; empty where it has none.
    package let metadata: [String: String]

    let file: CheckpointFile
    let tensors: [String: StoredTensor]

    /// The reference implementation's bound.
    private static let maximumHeaderLength = 100_000_000

    /// - Throws: `checkpoint.unreadable`, `checkpoint.truncated`, `checkpoint.malformed`, `checkpoint.unsupported`.
    package init(path: String) throws(Failure) {
        try self.init(CheckpointFile(path: path))
    }

    /// Reads a file that is in memory already; `name` stands for it in messages.
    package init(bytes: [UInt8], name: String) throws(Failure) {
        try self.init(CheckpointFile(bytes: bytes, name: name))
    }

    init(_ file: CheckpointFile) throws(Failure) {
        let context = file.context
        guard file.count >= 8 else { throw context.truncated("the file of \(file.count) bytes is too short for a safetensors header") }
        var reader = ByteReader(file.copy(0..<8), truncated: context.truncated("the file ends inside the header length"))
        let length = try reader.integer(UInt64.self)
        guard length <= UInt64(SafetensorsFile.maximumHeaderLength) else {
            throw context.malformed("the safetensors header claims \(length) bytes, more than \(SafetensorsFile.maximumHeaderLength)")
        }
        let dataStart = 8 + Int(length)
        guard dataStart <= file.count else {
            throw context.truncated("the safetensors header claims \(length) bytes, and the file has \(file.count - 8) after its length")
        }
        let header = try SafetensorsHeader(file.copy(8..<dataStart), context: context)

        var names: [String] = []
        var tensors: [String: StoredTensor] = [:]
        var expected = 0
        let ordered = header.entries.sorted { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
        for entry in ordered {
            guard entry.begin == expected, entry.end >= entry.begin else {
                throw context.malformed("the data of tensor \(quoted(entry.name)) overlaps another tensor's or leaves a gap before it")
            }
            guard let count = StoredTensor.elementCount(entry.shape),
                case let (byteCount, overflow) = count.multipliedReportingOverflow(by: entry.elementType.size), !overflow,
                byteCount == entry.end - entry.begin
            else {
                throw context.malformed(
                    "tensor \(quoted(entry.name)) of shape \(shapeText(entry.shape)) and type \(entry.elementType.safetensorsName) "
                        + "does not fill the \(entry.end - entry.begin) bytes its data_offsets give it")
            }
            guard entry.end <= file.count - dataStart else {
                throw context.truncated("the data of tensor \(quoted(entry.name)) ends beyond the end of the file")
            }
            expected = entry.end
            names.append(entry.name)
            tensors[entry.name] = StoredTensor(
                elementType: entry.elementType, shape: entry.shape, strides: StoredTensor.rowMajorStrides(entry.shape),
                offset: dataStart + entry.begin, count: count)
        }
        guard expected == file.count - dataStart else {
            throw context.malformed("\(file.count - dataStart - expected) bytes after the last tensor belong to none")
        }
        self.names = names
        self.tensors = tensors
        self.metadata = header.metadata
        self.file = file
    }

    /// The tensor's sizes, outermost axis first.
    ///
    /// - Throws: `checkpoint.mismatch` where there is no such tensor.
    package func shape(_ name: String) throws(Failure) -> [Int] {
        try stored(name).shape
    }

    /// The tensor as float32, whatever its type (rounded to nearest).
    ///
    /// - Throws: `checkpoint.mismatch` where there is no such tensor.
    package func tensor(_ name: String) throws(Failure) -> Tensor {
        let stored = try stored(name)
        return Tensor(shape: stored.shape, values: stored.floats(in: file.data))
    }

    /// The tensor's elements as they lie in the file, little-endian, row-major.
    ///
    /// - Throws: `checkpoint.mismatch` where there is no such tensor.
    package func bytes(_ name: String) throws(Failure) -> [UInt8] {
        let stored = try stored(name)
        return file.copy(stored.offset..<stored.offset + stored.byteCount)
    }

    /// The elements of an integer or boolean tensor, row-major.
    ///
    /// - Throws: `checkpoint.mismatch` where there is no such tensor, or it is not of an integer type.
    package func integers(_ name: String) throws(Failure) -> [Int] {
        let stored = try stored(name)
        guard let values = stored.integers(in: file.data) else {
            throw Failure(
                .checkpointMismatch,
                "\(file.context.fileName): tensor \(quoted(name)) of type \(stored.elementType.safetensorsName) does not hold "
                    + "64-bit integers"
            )
        }
        return values
    }

    private func stored(_ name: String) throws(Failure) -> StoredTensor {
        guard let stored = tensors[name] else {
            throw Failure(.checkpointMismatch, "\(file.context.fileName): there is no tensor \(quoted(name))")
        }
        return stored
    }
}
