/// A value on a pickle's stack. Containers live in the interpreter's arena and are named by index, so that nothing nests in memory,
/// whatever the file says: no recursion, no cycles, no deep destruction.
enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)
    /// Bytes and other data that tensors do not need.
    case inert
    case global(PickleGlobal)
    /// Index of a tuple or a list.
    case sequence(Int)
    /// Index of a dictionary.
    case dictionary(Int)
    /// An object of an inert class; the index of its state's dictionary where it has one.
    case object(Int)
    case storage(TensorStorage)
    case tensor(TensorView)
}

/// Where a storage's elements lie: entry `data/<key>` of the archive.
struct TensorStorage: Sendable {
    var key: String
    var type: ElementType
    var count: Int
}

/// A strided view of a storage, in elements.
struct TensorView: Sendable {
    var storage: TensorStorage
    var offset: Int
    var shape: [Int]
    var strides: [Int]
}

/// The globals that a checkpoint may name. Everything else is refused: a pickle that names it would run code.
enum PickleGlobal: Sendable, Equatable {
    case rebuildTensor
    case rebuildParameter
    case orderedDictionary
    case storageType(ElementType)
    /// Known to be harmless, and not needed: its objects are read as data that is not looked at.
    case inert

    init?(module: String, name: String) {
        switch (module, name) {
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch", _) where Self.storageTypes[name] != nil:
            guard let type = Self.storageTypes[name] else { return nil }
            self = .storageType(type)
        case ("torch", _) where Self.torchNames.contains(name): self = .inert
        case _ where Self.inertNames.contains("\(module) \(name)"): self = .inert
        default: return nil
        }
    }

    private static let storageTypes: [String: ElementType] = [
        "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8,
        "BoolStorage": .bool,
    ]

    private static let torchNames: Set<String> = [
        "Size", "device", "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
    ]

    private static let inertNames: Set<String> = [
        "argparse Namespace", "collections defaultdict", "collections Counter", "__builtin__ set", "builtins set", "__builtin__ dict",
        "builtins dict", "builtins list", "builtins int", "builtins float", "builtins complex", "builtins slice", "builtins range",
        "numpy dtype", "numpy ndarray", "numpy.core.multiarray scalar", "numpy._core.multiarray scalar",
        "numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct", "_codecs encode", "pathlib PosixPath",
        "pathlib PurePosixPath", "pathlib WindowsPath", "pathlib._local PosixPath", "datetime datetime", "datetime timedelta",
    ]
}
