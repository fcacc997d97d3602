import Diagnostics
import FoundationEssentials

/// What `torch.save` wrote, in the zip archive of PyTorch 1.6 and later or in the format before it.
enum TorchFile {
    /// Bytes of a pickle that are read at most.
    static let maximumPickleSize = 32 << 20

    /// - Throws: the `checkpoint.*` codes.
    static func stateDictionary(of file: CheckpointFile, key: String?) throws(Failure) -> StateDictionary {
        if LegacyTorchFile.isLegacy(file) {
            let legacy = try LegacyTorchFile(file)
            return try stateDictionary(legacy.contents, key: key, file.context) { (_) throws(Failure) in (file.data, legacy.starts) }
        }
        let archive = try TorchArchive(file)
        return try stateDictionary(archive.contents, key: key, file.context) { (storages) throws(Failure) in
            try archive.data(of: storages)
        }
    }

    /// - Parameter data: gives the bytes that hold the storages, and where in them each storage begins, by its key.
    private static func stateDictionary(
        _ contents: PickleContents, key: String?, _ context: FailureContext,
        data: (_ storages: [PickleStorage]) throws(Failure) -> (data: Data, starts: [String: Int])
    ) throws(Failure) -> StateDictionary {
        let weights = try PickledWeights(contents, wanted: key, context: context)
        var entries: [(name: String, tensor: StoredTensor?)] = []
        var storages: [Int] = []
        for (key, value) in weights.entries {
            guard case .string(let name) = key else { throw context.malformed("the state dict has a key that is no text") }
            guard case .tensor(let index) = value else {
                entries.append((name, nil))
                continue
            }
            storages.append(contents.tensors[index].storage)
            entries.append((name, try contents.storedTensor(index, context: context)))
            guard entries.count <= StateDictionary.maximumEntries else { break }
        }
        let (bytes, starts) = try data(storages.map { contents.storages[$0] })
        var next = 0
        for index in entries.indices where entries[index].tensor != nil {
            entries[index].tensor?.offset += starts[contents.storages[storages[next]].key] ?? 0
            next += 1
        }
        var state = try StateDictionary(entries, data: bytes, context: context)
        state.key = weights.key
        state.otherKeys = weights.otherKeys
        state.topKeys = weights.topKeys
        state.classNames = contents.classNames
        state.arguments = PickledArguments(contents).values
        if case .integer(let epoch) = contents.value("epoch", of: contents.root) { state.epoch = epoch }
        return state
    }
}
