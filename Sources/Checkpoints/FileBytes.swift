package import Diagnostics
internal import FoundationEssentials

extension Failure.Code {
    /// The file cannot be opened or read.
    package static let unreadableCheckpoint = Failure.Code("checkpoint.unreadable")
    /// The file breaks its format: truncated, lying, or hostile.
    package static let malformedCheckpoint = Failure.Code("checkpoint.malformed")
    /// The file is of a kind this program does not read.
    package static let unsupportedCheckpoint = Failure.Code("checkpoint.unsupported")
}

/// The bytes of a file, mapped into memory, with every access checked against its length.
struct FileBytes: Sendable {
    /// What errors call the file.
    let name: String
    let data: Data

    var count: Int { data.count }

    init(path: String) throws {
        name = path
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            throw Failure(.unreadableCheckpoint, "\(path) cannot be opened: there is no such file, or it may not be read")
        }
        let type = attributes[.type] as? FileAttributeType
        guard type == .typeRegular || type == .typeSymbolicLink else {
            throw Failure(.unreadableCheckpoint, "\(path) is not a file", remedy: "name a .pth or .safetensors file")
        }
        do {
            data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        } catch {
            throw Failure(.unreadableCheckpoint, "\(path) cannot be read", remedy: "check its permissions", cause: error)
        }
    }

    init(_ bytes: [UInt8], name: String) {
        self.name = name
        data = Data(bytes)
    }

    /// A failure that names this file.
    func malformed(_ problem: String) -> Failure {
        Failure(.malformedCheckpoint, "\(name): \(problem)", remedy: "the file is damaged or no checkpoint; fetch or save it again")
    }

    /// Checks that `count` bytes at `offset` are inside the file.
    func range(_ offset: Int, _ count: Int, _ what: String) throws -> Range<Int> {
        let (end, overflow) = offset.addingReportingOverflow(count)
        guard offset >= 0, count >= 0, !overflow, end <= data.count else {
            throw malformed("\(what) lies outside the file")
        }
        return offset..<end
    }

    /// A little-endian integer.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int, _ what: String) throws -> Value {
        let range = try range(offset, MemoryLayout<Value>.size, what)
        return Value(littleEndian: data.bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: Value.self))
    }

    /// An unsigned 64-bit length or offset, which has to fit a signed one.
    func size(at offset: Int, _ what: String) throws -> Int {
        guard let size = Int(exactly: try integer(UInt64.self, at: offset, what)) else { throw malformed("\(what) overflows") }
        return size
    }

    func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= data.count)
        return Array(data[(data.startIndex + range.lowerBound)..<(data.startIndex + range.upperBound)])
    }

    func text(_ range: Range<Int>, _ what: String) throws -> String {
        guard let text = String(validating: bytes(range), as: UTF8.self) else { throw malformed("\(what) is not UTF-8") }
        return text
    }

    /// `count` elements of `type` that start at `offset`, `stride` elements apart, as float32.
    func floats(_ type: ElementType, at offset: Int, count: Int) -> [Float] {
        precondition(offset >= 0 && offset + count * type.bytes <= data.count)
        let span = data.bytes
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                buffer.initializeElement(at: index, to: type.float(in: span, at: offset + index * type.bytes))
            }
            initialized = count
        }
    }
}
