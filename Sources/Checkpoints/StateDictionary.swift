import Diagnostics
import FoundationEssentials
import NetworkFamilies

/// A state dict as a file holds it: tensors by name without the prefixes of wrappers, where each tensor's elements lie, and what else the
/// file tells of the training.
struct StateDictionary: Sendable {
    /// Tensors by the names of the network's own modules.
    private(set) var tensors: [String: StoredTensor] = [:]
    /// Names of the tensors in the file's order.
    private(set) var names: [String] = []
    /// The network's own names of the tensors, by the names in the file.
    private(set) var storedNames: [String: String] = [:]
    /// Names of values that are no tensors.
    private(set) var otherNames: Set<String> = []
    /// What stood before every name and was taken off: `module.`, `_orig_mod.model.`; empty where nothing did.
    let prefix: String
    /// The bytes that the tensors' offsets count in: the file's, or what its compressed entries became.
    let data: Data
    /// The key of the state dict that was taken; nil where the file is one itself.
    var key: String?
    /// Keys of the file's other state dicts.
    var otherKeys: [String] = []
    /// All keys of the file's top, the first ones.
    var topKeys: [String] = []
    /// Names of classes whose instances stand beside the weights and were not made, the first ones.
    var classNames: [String] = []
    /// Scalars of the saved training arguments, or of safetensors metadata, by name; those of nested dictionaries as `outer.inner`.
    var arguments: [String: ArgumentValue] = [:]
    /// The `__metadata__` of a safetensors file.
    var metadata: [String: String] = [:]
    /// Epochs trained when the file was saved.
    var epoch: Int?

    /// Entries of one state dict at most.
    static let maximumEntries = 100_000
    /// Bytes of a name at most.
    static let maximumNameLength = 1024

    /// - Parameter entries: names as they stand in the file, with nil for values that are no tensors.
    /// - Throws: `checkpoint.malformed` where a name occurs twice or is too long, or there are too many.
    init(_ entries: [(name: String, tensor: StoredTensor?)], data: Data, context: FailureContext) throws(Failure) {
        guard entries.count <= StateDictionary.maximumEntries else {
            throw context.malformed(
                "the state dict has \(entries.count.counted("entry")), and \(StateDictionary.maximumEntries) at most are read")
        }
        if let name = entries.first(where: { $0.name.utf8.count > StateDictionary.maximumNameLength })?.name {
            throw context.malformed("the state dict has a name of \(name.utf8.count) bytes: \(quoted(name))")
        }
        self.data = data
        prefix = ModulePrefix.common(
            to: entries.filter { ($0.tensor?.count ?? 0) > 1 && !SurplusEntries.isOfTraining($0.name) }.map(\.name))
        for (rawName, tensor) in entries {
            let name = ModulePrefix.removing(prefix, from: rawName)
            guard tensors[name] == nil, !otherNames.contains(name) else {
                throw context.malformed("the state dict has \(quoted(name)) twice, with or without a wrapper's prefix")
            }
            if let tensor {
                tensors[name] = tensor
                names.append(name)
                storedNames[rawName] = name
            } else {
                otherNames.insert(name)
            }
        }
    }

    /// Reads the state dict of a file in either format.
    ///
    /// - Parameter key: which of several state dicts to take, by its key; nil for the usual one.
    /// - Throws: the `checkpoint.*` codes.
    static func read(_ file: CheckpointFile, key: String?) throws(Failure) -> (state: StateDictionary, format: FileFormat) {
        let format = try FileFormat.detect(file)
        switch format {
        case .torch: return (try TorchFile.stateDictionary(of: file, key: key), format)
        case .safetensors:
            guard key == nil else {
                throw Failure(
                    .checkpointMismatch, "\(file.context.fileName): a safetensors file is one state dict and has no key to choose by",
                    remedy: "Leave --weights out.")
            }
            return (try StateDictionary(SafetensorsFile(file)), format)
        }
    }
}

extension StateDictionary {
    /// All tensors of a safetensors file; its metadata counts as arguments.
    init(_ file: SafetensorsFile) throws(Failure) {
        try self.init(file.names.map { ($0, file.tensors[$0]) }, data: file.file.data, context: file.file.context)
        metadata = file.metadata
        arguments = file.metadata.mapValues { ArgumentValue(text: $0) }
        if case .integer(let value) = arguments["epoch"] { epoch = value }
    }

    /// Time steps T of the saved training arguments.
    var savedTimeSteps: Int? { SavedArguments(arguments).timeSteps }

    /// What a user should know of how the file was read: each a sentence without a full stop.
    var notices: [String] {
        var notices: [String] = []
        if let key, !otherKeys.isEmpty {
            notices.append(
                "the weights are those under \(quoted(key)); the file holds other state dicts under \(ListText.quoted(otherKeys)), "
                    + "which --weights chooses")
        }
        if !classNames.isEmpty {
            notices.append("objects beside the weights were left as they are: \(ListText.quoted(classNames))")
        }
        return notices
    }

    /// A failure about a network that was not found in the file, with the top keys and the first tensors that are there.
    func describing(_ failure: Failure) -> Failure {
        guard failure.code == .checkpointMismatch else { return failure }
        var failure = failure
        let first = names.prefix(ListText.limit).map { "\(quoted($0)) \(shapeText(tensors[$0]?.shape ?? []))" }
        failure.message +=
            (topKeys.isEmpty || key == nil ? "" : "; top keys \(ListText.quoted(topKeys))")
            + "; the first tensors are \(ListText.listing(first, of: names.count))"
        return failure
    }
}
