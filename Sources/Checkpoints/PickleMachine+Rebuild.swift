import Diagnostics

/// What stands in for the calls a pickle asks for.
extension PickleMachine {
    /// The value of `callable(*arguments)` where the callable is known, else an inert object.
    mutating func reduce(_ callable: PickleValue, _ arguments: [PickleValue]) throws(Failure) -> PickleValue {
        guard case .global(let global) = callable else { return .opaque }
        switch global {
        case .rebuildTensor: return try rebuildTensor(arguments)
        case .rebuildParameter:
            guard let tensor = arguments.first, case .tensor = tensor else { return .opaque }
            return tensor
        case .rebuildFromType:
            guard arguments.count >= 3, case .global(.rebuildTensor) = arguments[0] else { return .opaque }
            return try rebuildTensor(try sequence(arguments[2]))
        case .dictionary: return try rebuildDictionary(arguments)
        case .sequence:
            guard let argument = arguments.first else { return makeSequence([]) }
            _ = try sequence(argument)
            return argument
        case .object: return makeObject(className: nil)
        case .inert(let name): return makeObject(className: name)
        case .opaque, .storage: return .opaque
        }
    }

    /// Pushes what a persistent id stands for: the storage of `("storage", class, key, location, count)`, with `(key, first, count)` of a
    /// view behind it in the legacy format; the class of the legacy format's `("module", class, file, source)`.
    mutating func resolve(_ identifier: PickleValue) throws(Failure) {
        let fields = try sequence(identifier)
        if fields.count >= 2, case .string("module") = fields[0] { return push(fields[1]) }
        guard fields.count == 5 || fields.count == 6, case .string("storage") = fields[0], case .global(let type) = fields[1],
            case .string(let key) = fields[2], case .integer(let count) = fields[4], count >= 0
        else {
            throw context.malformed("the pickle refers to a storage in another way than torch.save does")
        }
        guard case .storage(let elementType) = type else { return push(.opaque) }
        var range = 0..<count
        if fields.count == 6, case .sequence(let index) = fields[5] {
            let view = contents.sequences[index]
            guard view.count == 3, case .integer(let first) = view[1], case .integer(let length) = view[2], first >= 0, length >= 0,
                first <= count, length <= count - first
            else {
                throw context.malformed("the pickle refers to a part of a storage in another way than torch.save does")
            }
            range = first..<first + length
        }
        contents.storages.append(PickleStorage(elementType: elementType, key: key, total: count, range: range))
        push(.storage(contents.storages.count - 1))
    }

    /// A dictionary given as an argument is shared, and a list of pairs is used up: a copy of each, asked for again and again, would take
    /// memory out of proportion to the pickle.
    private mutating func rebuildDictionary(_ arguments: [PickleValue]) throws(Failure) -> PickleValue {
        guard let argument = arguments.first else { return makeDictionary([]) }
        if case .dictionary = argument { return argument }
        guard case .sequence(let index) = argument else {
            throw context.malformed("the pickle makes a dictionary of something that is no list")
        }
        var pairs: [(key: PickleValue, value: PickleValue)] = []
        for element in contents.sequences[index] {
            let pair = try sequence(element)
            guard pair.count == 2 else { throw context.malformed("the pickle makes a dictionary of something that is no list of pairs") }
            pairs.append((pair[0], pair[1]))
        }
        contents.sequences[index] = []
        return makeDictionary(pairs)
    }

    /// Arguments: storage, offset, size, stride, and more that inference does not need.
    private mutating func rebuildTensor(_ arguments: [PickleValue]) throws(Failure) -> PickleValue {
        if case .opaque = arguments.first { return .opaque }
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            case .sequence(let shape) = arguments[2], case .sequence(let strides) = arguments[3]
        else {
            throw context.malformed("the pickle rebuilds a tensor in another way than torch.save does")
        }
        contents.tensors.append(PickleTensor(storage: storage, offset: offset, shape: shape, strides: strides))
        return .tensor(contents.tensors.count - 1)
    }
}
