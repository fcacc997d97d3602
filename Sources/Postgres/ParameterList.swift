import Diagnostics

/// Parameters of one statement in the form that libpq takes.
struct ParameterList {
    /// Object ids of the types; 0 where the server is to infer.
    let types: [UInt32]
    private let formats: [Int32]
    private let lengths: [Int32]
    /// All values one after the other.
    private var storage: [UInt8] = []
    /// Where each value starts in ``storage``; `nil` for null.
    private let offsets: [Int?]

    init(_ values: [PostgresValue]) throws {
        // The protocol counts parameters in 16 bits.
        guard values.count <= 65_535 else {
            throw Failure(.databaseInvalidValue, "A statement has \(values.count.counted("parameter")); PostgreSQL takes 65535")
        }
        var storage: [UInt8] = []
        var offsets: [Int?] = []
        var lengths: [Int32] = []
        for (index, value) in values.enumerated() {
            let start = storage.count
            switch value {
            case .null: break
            case .text(let text):
                guard !text.utf8.contains(0) else {
                    throw Failure(.databaseInvalidValue, "Parameter $\(index + 1) is a text with a NUL character")
                }
                storage += Array(text.utf8)
                storage.append(0)
            default:
                guard let type = value.type else { preconditionFailure("every value but null and text has a type") }
                try BinaryEncoding.append(value, as: type, to: &storage)
            }
            guard let length = Int32(exactly: storage.count - start) else {
                throw Failure(.databaseInvalidValue, "Parameter $\(index + 1) is larger than 2 GB")
            }
            lengths.append(length)
            offsets.append(value == .null ? nil : start)
        }
        self.storage = storage
        self.offsets = offsets
        self.lengths = lengths
        types = values.map { $0.type?.rawValue ?? 0 }
        formats = values.map { $0.type == nil ? 0 : 1 }
    }

    /// Calls `body` with the values, their lengths and their formats (0 text, 1 binary).
    func withPointers<R>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> R
    ) -> R {
        // One byte more, so that an empty last value still has an address.
        (storage + [0]).withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            return pointers.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in body(values.baseAddress, lengths.baseAddress, formats.baseAddress) }
                }
            }
        }
    }
}
