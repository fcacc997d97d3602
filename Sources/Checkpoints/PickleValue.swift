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

/// A tensor's storage, or the part of one that a view shows, as the pickle describes it.
struct PickleStorage: Sendable, Hashable {
    var elementType: ElementType
    var key: String
    /// Elements of the storage that the key names.
    var total: Int
    /// The elements that belong to this one.
    var range: Range<Int>
}

/// A tensor as the pickle describes it. Shape and strides stay what they were in the pickle until somebody wants the tensor: a few bytes
/// can ask for one and the same shape again and again.
struct PickleTensor: Sendable {
    var storage: Int
    /// Elements before the first.
    var offset: Int
    /// Indices of sequences.
    var shape: Int
    var strides: Int
}

/// An instance of a class that is never made: what the pickle would have given it.
struct PickleObject: Sendable {
    /// Index into the names of classes; nil for a plain namespace.
    var className: Int?
    /// The value that BUILD gave.
    var state = PickleValue.none
    /// What was set by key, where the class is a dictionary of its own kind.
    var items: [(key: PickleValue, value: PickleValue)] = []
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
    var objects: [PickleObject] = []
    /// Names of classes and functions that stand beside the data, in the order in which they were first named.
    var classNames: [String] = []

    /// The value of a string key of a dictionary, or of an attribute of an object.
    func value(_ key: String, of container: PickleValue) -> PickleValue? {
        pairs(of: container).last { if case .string(key) = $0.key { true } else { false } }?.value
    }

    /// The entries of a dictionary; of an object those that were set by key, else its attributes; of anything else none.
    func pairs(of container: PickleValue) -> [(key: PickleValue, value: PickleValue)] {
        switch container {
        case .dictionary(let index): return dictionaries[index]
        case .object(let index):
            if !objects[index].items.isEmpty { return objects[index].items }
            if case .dictionary(let attributes) = objects[index].state { return dictionaries[attributes] }
            return []
        default: return []
        }
    }
}
