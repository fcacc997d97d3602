import Diagnostics
import Networks

/// A safetensors header: a JSON object of one fixed shape, read by that shape. Nothing in it nests, so there is no recursion, and
/// duplicate keys, unknown keys and numbers that do not fit are seen where they stand.
struct SafetensorsHeader {
    struct Entry {
        var name: String
        var elementType: ElementType
        var shape: [Int]
        /// Relative to the end of the header, in bytes.
        var begin: Int
        var end: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]

    private var json: JSONScanner
    private let context: FailureContext

    /// - Throws: `checkpoint.malformed`, `checkpoint.truncated`, `checkpoint.unsupported`.
    init(_ bytes: [UInt8], context: FailureContext) throws(Failure) {
        self.context = context
        json = JSONScanner(bytes, context: context)
        var names: Set<String> = []
        var isMetadataSeen = false
        try json.expect("{")
        if try !json.skip("}") {
            repeat {
                let name = try json.string()
                try json.expect(":")
                if name == "__metadata__" {
                    guard !isMetadataSeen else { throw context.malformed("the safetensors header has two __metadata__") }
                    isMetadataSeen = true
                    metadata = try readMetadata()
                } else {
                    guard names.insert(name).inserted else {
                        throw context.malformed("the safetensors header names the tensor \(quoted(name)) twice")
                    }
                    guard entries.count < StateDictionary.maximumEntries else {
                        throw context.malformed("the safetensors header names more than \(StateDictionary.maximumEntries) tensors")
                    }
                    entries.append(try readEntry(name))
                }
            } while try json.skip(",")
            try json.expect("}")
        }
        try json.expectEnd()
    }

    private mutating func readMetadata() throws(Failure) -> [String: String] {
        var result: [String: String] = [:]
        try json.expect("{")
        if try json.skip("}") { return result }
        repeat {
            let key = try json.string()
            try json.expect(":")
            guard result.updateValue(try json.string(), forKey: key) == nil else {
                throw context.malformed("the safetensors metadata has the key \(quoted(key)) twice")
            }
        } while try json.skip(",")
        try json.expect("}")
        return result
    }

    private mutating func readEntry(_ name: String) throws(Failure) -> Entry {
        var elementType: ElementType?
        var shape: [Int]?
        var offsets: [Int]?
        try json.expect("{")
        repeat {
            let key = try json.string()
            try json.expect(":")
            switch key {
            case "dtype" where elementType == nil:
                let typeName = try json.string()
                guard let type = ElementType(safetensorsName: typeName) else {
                    throw context.unsupported(
                        "tensor \(quoted(name)) has the dtype \(quoted(typeName)), which is not supported",
                        remedy: "Save the tensors as F32, F64, F16 or BF16.")
                }
                elementType = type
            case "shape" where shape == nil:
                shape = try json.integers(atMost: StoredTensor.maximumRank)
            case "data_offsets" where offsets == nil:
                offsets = try json.integers(atMost: 2)
            default:
                throw context.malformed("tensor \(quoted(name)) has the key \(quoted(key)) in its header, which is unknown or doubled")
            }
        } while try json.skip(",")
        try json.expect("}")
        guard let elementType, let shape, let offsets, offsets.count == 2 else {
            throw context.malformed("tensor \(quoted(name)) lacks its dtype, shape or two data_offsets in the safetensors header")
        }
        return Entry(name: name, elementType: elementType, shape: shape, begin: offsets[0], end: offsets[1])
    }
}
