/// A value on the pickle machine's stack. Containers are indices into the machine's arena: references cost nothing, and values that
/// contain themselves or nest deeply are as harmless as any other.
enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    /// Something that is carried along and never looked into: bytes, integers beyond 64 bits, NumPy scalars, devices.
    case opaque
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)
    case sequence(Int)
    case dictionary(Int)
    case object(Int)
}

/// A tensor's storage: one entry `data/<key>` of the archive.
struct PickleStorage: Sendable, Hashable {
    var elementType: ElementType
    /// Offset of the first element in the file, in bytes.
    var offset: Int
    /// Elements of the storage.
    var count: Int
    /// Name of the archive's entry.
    var entryName: String
}

/// A tensor as the pickle describes it, and the entry that holds its elements.
struct PickleTensor: Sendable {
    var stored: StoredTensor
    var entryName: String
}

/// What a pickle holds: its root value and the arena that values point into.
struct PickleContents: Sendable {
    var root: PickleValue = .none
    var storages: [PickleStorage] = []
    var tensors: [PickleTensor] = []
    /// Lists, tuples and sets alike.
    var sequences: [[PickleValue]] = []
    /// Dictionaries in insertion order; a key may occur more than once, the last one counts.
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    /// Attributes of instances, as the value that BUILD gave.
    var objects: [PickleValue] = []

    /// The value of a string key of a dictionary, or of an attribute of an object.
    func value(_ key: String, of container: PickleValue) -> PickleValue? {
        switch container {
        case .dictionary(let index):
            dictionaries[index].last { if case .string(key) = $0.key { true } else { false } }?.value
        case .object(let index):
            if case .dictionary = objects[index] { value(key, of: objects[index]) } else { nil }
        default: nil
        }
    }
}
