import Diagnostics

/// A state dict as a file holds it: names without the `module.` of distributed training, and where each tensor's elements lie.
struct StateDictionary: Sendable {
    private(set) var tensors: [String: StoredTensor] = [:]
    /// The archive's entry that holds a tensor's elements, for formats that have checksums.
    private(set) var entryNames: [String: String] = [:]
    /// Names of values that are no tensors.
    private(set) var otherNames: Set<String> = []
    /// Time steps T of the saved training arguments.
    var savedTimeSteps: Int?
    /// Epochs trained when the file was saved.
    var epoch: Int?

    /// - Throws: `checkpoint.malformed` where the name occurs already.
    mutating func add(
        _ rawName: String, _ tensor: StoredTensor?, entryName: String? = nil, context: FailureContext
    ) throws(Failure) {
        let name = StateDictionary.canonicalName(rawName)
        guard tensors[name] == nil, !otherNames.contains(name) else {
            throw context.malformed("the state dict has \(quoted(name)) twice, with or without the prefix 'module.'")
        }
        if let tensor {
            tensors[name] = tensor
            entryNames[name] = entryName
        } else {
            otherNames.insert(name)
        }
    }

    private static func canonicalName(_ name: String) -> String {
        let prefix = "module."
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    /// T as this program accepts it from a file; nonsense counts as absent.
    static func plausibleTimeSteps(_ value: Int) -> Int? {
        (1...1024).contains(value) ? value : nil
    }
}

extension StateDictionary {
    /// All tensors of a safetensors file; its metadata may name `T`.
    init(_ file: SafetensorsFile) throws(Failure) {
        for name in file.names {
            try add(name, file.tensors[name], context: file.file.context)
        }
        savedTimeSteps = file.metadata["T"].flatMap { Int($0) }.flatMap(StateDictionary.plausibleTimeSteps)
        epoch = file.metadata["epoch"].flatMap { Int($0) }
    }
}
