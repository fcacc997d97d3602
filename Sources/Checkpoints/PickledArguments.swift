import NetworkFamilies

/// The training arguments that stand beside a state dict: a Namespace, a dictionary, or a configuration object of any class, as scalars by
/// name.
struct PickledArguments {
    private let contents: PickleContents
    private(set) var values: [String: ArgumentValue] = [:]
    /// Entries looked at, of all dictionaries together.
    private var seen = 0

    /// Keys under which training code keeps its arguments, the likeliest first.
    private static let keys = ["args", "hyper_parameters", "hparams", "config", "cfg", "opt", "options", "arguments", "params"]
    private static let maximumSeen = 10_000
    private static let maximumDepth = 3

    init(_ contents: PickleContents) {
        self.contents = contents
        for key in PickledArguments.keys {
            if let container = contents.value(key, of: contents.root) { add(container, prefix: "", depth: 1) }
        }
        // `steps` beside the weights counts the training's steps.
        addScalars(of: contents.root, prefix: "", except: ["steps", "num_steps"])
    }

    private mutating func add(_ container: PickleValue, prefix: String, depth: Int) {
        addScalars(of: container, prefix: prefix, except: [])
        guard depth < PickledArguments.maximumDepth else { return }
        for (key, value) in entries(of: container) where !isScalar(value) {
            guard case .string(let name) = key, name.utf8.count <= ArgumentValue.maximumTextLength else { continue }
            add(value, prefix: "\(prefix)\(name).", depth: depth + 1)
        }
    }

    private mutating func addScalars(of container: PickleValue, prefix: String, except: Set<String>) {
        for (key, value) in entries(of: container) {
            seen += 1
            guard seen <= PickledArguments.maximumSeen else { return }
            guard case .string(let name) = key, name.utf8.count <= ArgumentValue.maximumTextLength, !except.contains(name),
                let scalar = scalar(value)
            else { continue }
            if values["\(prefix)\(name)"] == nil { values["\(prefix)\(name)"] = scalar }
        }
    }

    /// The entries of a dictionary or an object, and of OmegaConf's containers, which keep theirs as `_content`.
    private func entries(of container: PickleValue) -> ArraySlice<(key: PickleValue, value: PickleValue)> {
        let content = if case .object = container { contents.value("_content", of: container) ?? container } else { container }
        return contents.pairs(of: content).prefix(seen < PickledArguments.maximumSeen ? PickledArguments.maximumSeen : 0)
    }

    private func isScalar(_ value: PickleValue) -> Bool { scalar(value) != nil }

    /// A scalar, or the one in a node of OmegaConf, which keeps it as `_val`.
    private func scalar(_ value: PickleValue) -> ArgumentValue? {
        switch value {
        case .integer(let value): .integer(value)
        case .float(let value): .number(value)
        case .bool(let value): .bool(value)
        case .string(let text) where text.utf8.count <= ArgumentValue.maximumTextLength: .text(text)
        case .object(let index):
            if case .dictionary = contents.objects[index].state, let inner = contents.value("_val", of: value), !isObject(inner) {
                scalar(inner)
            } else {
                nil
            }
        default: nil
        }
    }

    private func isObject(_ value: PickleValue) -> Bool { if case .object = value { true } else { false } }
}
