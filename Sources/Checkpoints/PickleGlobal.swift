/// The Python names that a checkpoint may mention. None of them is ever called: each stands for what this program does with the data
/// that Python would have given it.
enum PickleGlobal: Sendable, Hashable {
    /// `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, ...)`
    case rebuildTensor
    /// `torch._utils._rebuild_parameter(tensor, ...)`: the tensor itself.
    case rebuildParameter
    /// `torch._tensor._rebuild_from_type_v2(function, type, arguments, state)`: a tensor that carries attributes.
    case rebuildFromType
    case storage(ElementType)
    /// Dictionaries with an optional list of pairs or a dictionary as argument.
    case dictionary
    /// `torch.Size`, sets and lists: the elements of the one argument.
    case sequence
    /// An instance whose attributes are data (`argparse.Namespace`).
    case object
    /// Anything whose value does not matter.
    case opaque
    /// A class or function that is not known, by the index of its name: what it would have made stays as the data it would have got.
    case inert(Int)

    /// A name that has a meaning here; nil for every other.
    init?(module: String, name: String) {
        if module == "torch", let elementType = ElementType(torchStorageClass: name) {
            self = .storage(elementType)
        } else if let global = PickleGlobal.known["\(module).\(name)"] {
            self = global
        } else {
            return nil
        }
    }

    private static let known: [String: PickleGlobal] = [
        "torch._utils._rebuild_tensor_v2": .rebuildTensor,
        "torch._utils._rebuild_tensor": .rebuildTensor,
        "torch._utils._rebuild_parameter": .rebuildParameter,
        "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
        "torch.nn.parameter.Parameter": .rebuildParameter,
        "torch._tensor._rebuild_from_type_v2": .rebuildFromType,
        "collections.OrderedDict": .dictionary,
        "collections.Counter": .dictionary,
        "builtins.dict": .dictionary,
        "__builtin__.dict": .dictionary,
        "torch.Size": .sequence,
        "builtins.list": .sequence,
        "__builtin__.list": .sequence,
        "builtins.tuple": .sequence,
        "__builtin__.tuple": .sequence,
        "builtins.set": .sequence,
        "__builtin__.set": .sequence,
        "builtins.frozenset": .sequence,
        "__builtin__.frozenset": .sequence,
        "argparse.Namespace": .object,
        "types.SimpleNamespace": .object,
        "torch.device": .opaque,
        "torch.float64": .opaque,
        "torch.float32": .opaque,
        "torch.float16": .opaque,
        "torch.bfloat16": .opaque,
        "torch.int64": .opaque,
        "torch.int32": .opaque,
        "numpy.dtype": .opaque,
        "numpy.ndarray": .opaque,
        "numpy.core.multiarray.scalar": .opaque,
        "numpy._core.multiarray.scalar": .opaque,
        "numpy.core.multiarray._reconstruct": .opaque,
        "numpy._core.multiarray._reconstruct": .opaque,
        "_codecs.encode": .opaque,
        "builtins.complex": .opaque,
        "__builtin__.complex": .opaque,
        "builtins.bytearray": .opaque,
        "__builtin__.bytearray": .opaque,
        "pathlib.PosixPath": .opaque,
        "pathlib.PurePosixPath": .opaque,
        "pathlib._local.PosixPath": .opaque,
    ]

    /// Whether no honest checkpoint names this: Python would run a program or foreign code by it. Here it would be as inert as any other
    /// name, but whoever put it there meant harm, and the file is refused.
    static func runsCode(module: String, name: String) -> Bool {
        let root = module.prefix { $0 != "." }
        if ["subprocess", "posix", "nt", "pty", "runpy", "ctypes", "commands", "webbrowser", "socket", "pip", "pdb"].contains(root) {
            return true
        }
        return switch root {
        case "builtins", "__builtin__": ["eval", "exec", "execfile", "compile", "__import__", "open", "input", "breakpoint"].contains(name)
        case "os": ["system", "popen", "startfile"].contains(name) || name.hasPrefix("exec") || name.hasPrefix("spawn")
        case "importlib": name.hasSuffix("import_module") || name.hasSuffix("__import__")
        default: false
        }
    }
}
