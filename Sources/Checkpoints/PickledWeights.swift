import Diagnostics

/// Finds the state dict in what `torch.save` pickled: bare, or under a key.
struct PickledWeights {
    /// The key of the state dict that was taken, nil where the root is one.
    let key: String?
    /// Keys of the other state dicts.
    let otherKeys: [String]
    /// The entries of the state dict.
    let entries: [(key: PickleValue, value: PickleValue)]
    /// The first keys of the root.
    let topKeys: [String]

    /// Keys that go before all others where a file holds several state dicts.
    private static let preferred = ["model", "state_dict"]
    private static let listed = 50

    /// - Parameter wanted: the key to take.
    /// - Throws: `checkpoint.mismatch` where there is none or several, `checkpoint.unsupported` where the file holds whole modules.
    init(_ contents: PickleContents, wanted: String?, context: FailureContext) throws(Failure) {
        var search = StateDictionarySearch(contents)
        if let name = search.moduleName(contents.root) { throw context.wholeModule(name, under: nil) }
        let top = PickledWeights.named(contents.root, contents)
        topKeys = top.prefix(PickledWeights.listed).map(\.name)
        var found = top.filter { search.isStateDictionary($0.value) }
        if found.isEmpty, !search.isStateDictionary(contents.root) {
            found = top.prefix(PickledWeights.listed).filter { search.moduleName($0.value) == nil }.flatMap { outer in
                PickledWeights.named(outer.value, contents).prefix(PickledWeights.listed)
                    .map { ("\(outer.name).\($0.name)", $0.value) }.filter { search.isStateDictionary($0.1) }
            }
        }
        let chosen = try PickledWeights.choose(found, wanted: wanted, contents, &search, topKeys, context)
        key = chosen?.name
        entries = contents.pairs(of: chosen?.value ?? contents.root)
        otherKeys = found.map(\.name).filter { $0 != chosen?.name }
    }

    /// The state dict to take; nil for the root itself.
    private static func choose(
        _ found: [(name: String, value: PickleValue)], wanted: String?, _ contents: PickleContents, _ search: inout StateDictionarySearch,
        _ topKeys: [String], _ context: FailureContext
    ) throws(Failure) -> (name: String, value: PickleValue)? {
        let names = found.map(\.name)
        if let wanted {
            if let choice = found.last(where: { $0.name == wanted }) { return choice }
            throw Failure(
                .checkpointMismatch,
                "\(context.fileName): there is no state dict under \(quoted(wanted)); "
                    + (names.isEmpty ? "top keys: \(ListText.quoted(topKeys))" : "there are \(ListText.quoted(names))"),
                remedy: names.isEmpty ? "Leave --weights out." : "Choose one of these with --weights.")
        }
        for name in preferred {
            if let choice = found.last(where: { $0.name == name }) { return choice }
        }
        if Set(names).count == 1 { return found.last }
        if found.isEmpty, search.isStateDictionary(contents.root) { return nil }
        for (key, value) in named(contents.root, contents).prefix(listed) {
            if let name = search.moduleName(value) { throw context.wholeModule(name, under: key) }
        }
        throw Failure(
            .checkpointMismatch,
            found.isEmpty
                ? "\(context.fileName): there is no state dict in it; top keys: \(topKeys.isEmpty ? "none" : ListText.quoted(topKeys))"
                : "\(context.fileName): there are several state dicts, under \(ListText.quoted(names))",
            remedy: found.isEmpty
                ? "Save it with torch.save({'model': model.state_dict()}, path)." : "Choose one with --weights KEY.")
    }

    /// The values of a dictionary or object by their text keys, those of a list or tuple by their numbers.
    private static func named(_ container: PickleValue, _ contents: PickleContents) -> [(name: String, value: PickleValue)] {
        if case .sequence(let index) = container {
            return contents.sequences[index].prefix(listed).enumerated().map { ("\($0.offset)", $0.element) }
        }
        return contents.pairs(of: container).compactMap { key, value in
            guard case .string(let name) = key, name.utf8.count <= StateDictionary.maximumNameLength else { return nil }
            return (name, value)
        }
    }
}

/// Tells state dicts and modules from other containers; each container is looked through once, however often it is referred to.
private struct StateDictionarySearch {
    private let contents: PickleContents
    private var known: [Int: Bool] = [:]

    init(_ contents: PickleContents) {
        self.contents = contents
    }

    /// Whether a value is a dictionary with a network's weights: tensors of floating-point numbers with two axes or more.
    mutating func isStateDictionary(_ value: PickleValue) -> Bool {
        switch value {
        case .dictionary(let index):
            if let answer = known[index] { return answer }
            let answer = hasWeights(contents.dictionaries[index])
            known[index] = answer
            return answer
        case .object(let index):
            return hasWeights(contents.objects[index].items)
        default: return false
        }
    }

    private func hasWeights(_ pairs: [(key: PickleValue, value: PickleValue)]) -> Bool {
        pairs.contains { pair in
            if case .string = pair.key { contents.isWeight(pair.value) } else { false }
        }
    }

    /// The class of an object that has PyTorch's submodules and parameters.
    func moduleName(_ value: PickleValue) -> String? {
        guard case .object(let index) = value, let name = contents.objects[index].className,
            contents.value("_modules", of: value) != nil || contents.value("_parameters", of: value) != nil
        else { return nil }
        return contents.classNames[name]
    }
}
