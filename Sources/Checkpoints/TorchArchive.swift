import Diagnostics

/// A checkpoint of `torch.save`: a zip archive with `<top>/data.pkl` and one entry `<top>/data/<key>` per storage.
struct TorchArchive: Sendable {
    let zip: ZipArchive
    private let contents: PickleContents
    private let context: FailureContext

    private static let maximumPickleSize = 32 << 20

    /// - Throws: every code of ``ZipArchive`` and ``PickleMachine``.
    init(_ file: CheckpointFile) throws(Failure) {
        let context = file.context
        let zip = try ZipArchive(file)
        let pickleName = try TorchArchive.pickleName(zip, context)
        let top = pickleName.dropLast("data.pkl".count)
        guard zip.entry("\(top)constants.pkl") == nil else {
            throw context.unsupported(
                "the file is a TorchScript archive and not a checkpoint",
                remedy: "Save the weights: torch.save({'model': torch.jit.load(path).state_dict()}, new_path).")
        }
        if let order = zip.entry("\(top)byteorder") {
            guard try zip.contents(order, limit: 64) == Array("little".utf8) else {
                throw context.unsupported(
                    "the checkpoint was saved in another byte order than little-endian",
                    remedy: "Load it with PyTorch on an ordinary machine and save it again.")
            }
        }
        guard let pickle = zip.entry(pickleName) else { preconditionFailure("the name was taken from the archive") }
        contents = try PickleMachine.read(try zip.contents(pickle, limit: TorchArchive.maximumPickleSize), context: context) {
            (key, elementType, count) throws(Failure) in
            let name = "\(top)data/\(key)"
            guard let entry = zip.entry(name) else {
                throw context.malformed("the pickle refers to the storage \(quoted(name)), which the archive lacks")
            }
            guard case let (size, overflow) = count.multipliedReportingOverflow(by: elementType.size), !overflow,
                size == entry.range.count
            else {
                throw context.malformed(
                    "the storage \(quoted(name)) has \(entry.range.count) bytes, "
                        + "and the pickle claims \(count) elements of \(elementType.size)"
                )
            }
            return PickleStorage(elementType: elementType, offset: entry.range.lowerBound, count: count, entryName: name)
        }
        self.zip = zip
        self.context = context
    }

    private static func pickleName(_ zip: ZipArchive, _ context: FailureContext) throws(Failure) -> String {
        let candidates = zip.names.filter { $0.hasSuffix("/data.pkl") && $0.count(where: { $0 == "/" }) == 1 }
        guard candidates.count == 1 else {
            throw context.unsupported(
                "the zip archive has \(candidates.count) entries <folder>/data.pkl, and a PyTorch checkpoint has exactly 1",
                remedy: "Give the file that torch.save wrote, not an archive around it.")
        }
        return candidates[0]
    }

    /// The state dict, bare or under `model`, `state_dict` or `model_state_dict`, and what the training arguments say.
    ///
    /// - Throws: `checkpoint.mismatch` where there is none, `checkpoint.malformed`.
    func stateDictionary() throws(Failure) -> StateDictionary {
        var result = StateDictionary()
        for (key, value) in try weights() {
            guard case .string(let name) = key else { throw context.malformed("the state dict has a key that is no text") }
            if case .tensor(let index) = value {
                let tensor = contents.tensors[index]
                try result.add(name, tensor.stored, entryName: tensor.entryName, context: context)
            } else {
                try result.add(name, nil, context: context)
            }
        }
        if let arguments = contents.value("args", of: contents.root), case .integer(let steps) = contents.value("T", of: arguments) {
            result.savedTimeSteps = StateDictionary.plausibleTimeSteps(steps)
        }
        if case .integer(let epoch) = contents.value("epoch", of: contents.root) {
            result.epoch = epoch
        }
        return result
    }

    private func weights() throws(Failure) -> [(key: PickleValue, value: PickleValue)] {
        if case .dictionary(let index) = contents.value("model", of: contents.root) {
            return contents.dictionaries[index]
        }
        let wrapped = ["state_dict", "model_state_dict"].compactMap { key in
            if case .dictionary(let index) = contents.value(key, of: contents.root) { index } else { nil }
        }
        if wrapped.count == 1 { return contents.dictionaries[wrapped[0]] }
        if wrapped.isEmpty, case .dictionary(let index) = contents.root {
            let isBare = contents.dictionaries[index].contains { if case .tensor = $0.value { true } else { false } }
            if isBare { return contents.dictionaries[index] }
        }
        throw Failure(
            .checkpointMismatch,
            "\(context.fileName): the checkpoint holds \(wrapped.count) state dicts, and exactly 1 is needed, bare or under 'model'",
            remedy: "Save it with torch.save({'model': model.state_dict()}, path).")
    }
}
