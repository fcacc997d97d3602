import Diagnostics

/// What stands in for the calls a pickle asks for.
extension PickleMachine {
    /// The value of `callable(*arguments)`, for the few callables that are known.
    mutating func reduce(_ callable: PickleValue, _ arguments: [PickleValue]) throws(Failure) -> PickleValue {
        guard case .global(let global) = callable else {
            throw context.malformed("the pickle calls something that is no known Python object")
        }
        switch global {
        case .rebuildTensor: return try rebuildTensor(arguments)
        case .rebuildParameter:
            guard let tensor = arguments.first, case .tensor = tensor else {
                throw context.malformed("the pickle makes a parameter of something that is no tensor")
            }
            return tensor
        case .dictionary: return try rebuildDictionary(arguments)
        case .sequence:
            guard let argument = arguments.first else { return makeSequence([]) }
            _ = try sequence(argument)
            return argument
        case .object:
            contents.objects.append(.none)
            return .object(contents.objects.count - 1)
        case .opaque: return .opaque
        case .storage: throw context.malformed("the pickle makes a tensor storage in another way than torch.save does")
        }
    }

    /// The storage of a persistent id `("storage", class, key, location, count)`.
    func resolveStorage(_ identifier: PickleValue) throws(Failure) -> PickleStorage {
        let fields = try sequence(identifier)
        guard fields.count == 5, case .string("storage") = fields[0], case .global(.storage(let elementType)) = fields[1],
            case .string(let key) = fields[2], key.utf8.count <= PickleMachine.maximumKeyLength,
            case .integer(let count) = fields[4], count >= 0
        else {
            throw context.malformed("the pickle refers to a storage in another way than torch.save does")
        }
        return try storage(key, elementType, count)
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
        guard arguments.count >= 4, case .storage(let index) = arguments[0], case .integer(let offset) = arguments[1] else {
            throw context.malformed("the pickle rebuilds a tensor in another way than torch.save does")
        }
        let storage = contents.storages[index]
        let shape = try integers(arguments[2])
        let strides = try integers(arguments[3])
        guard shape.count == strides.count, offset >= 0, let count = StoredTensor.elementCount(shape)
        else {
            throw context.malformed("a tensor of storage \(quoted(storage.entryName)) has an impossible shape \(shapeText(shape))")
        }
        guard count == 0 || PickleMachine.isView(shape: shape, strides: strides, offset: offset, of: storage.count) else {
            throw context.malformed(
                "a tensor of shape \(shapeText(shape)), strides \(shapeText(strides)) and offset \(offset) reaches outside its storage "
                    + "\(quoted(storage.entryName)) of \(storage.count) elements, or overlaps itself")
        }
        let stored = StoredTensor(
            elementType: storage.elementType, shape: shape, strides: strides,
            offset: count == 0 ? storage.offset : storage.offset + offset * storage.elementType.size, count: count)
        contents.tensors.append(PickleTensor(stored: stored, entryName: storage.entryName))
        return .tensor(contents.tensors.count - 1)
    }

    private func integers(_ value: PickleValue) throws(Failure) -> [Int] {
        let elements = try sequence(value)
        guard elements.count <= StoredTensor.maximumRank else {
            throw context.malformed("the pickle has a tensor of \(elements.count) axes")
        }
        var result: [Int] = []
        for element in elements {
            guard case .integer(let integer) = element else {
                throw context.malformed("the pickle gives a tensor a size or stride that is no 64-bit integer")
            }
            result.append(integer)
        }
        return result
    }

    /// Whether all elements are different ones of the storage: taken by ascending stride, each axis must step over all that the axes
    /// before it reach, and the last element must lie inside.
    private static func isView(shape: [Int], strides: [Int], offset: Int, of storageCount: Int) -> Bool {
        let axes = shape.indices.filter { shape[$0] > 1 }.sorted { (strides[$0], $0) < (strides[$1], $1) }
        var last = 0
        for axis in axes {
            guard strides[axis] > last else { return false }
            let (reach, overflow) = strides[axis].multipliedReportingOverflow(by: shape[axis] - 1)
            let (sum, carry) = last.addingReportingOverflow(reach)
            guard !overflow, !carry, sum < storageCount else { return false }
            last = sum
        }
        return offset < storageCount - last
    }
}
