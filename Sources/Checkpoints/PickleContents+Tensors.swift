import Diagnostics

extension PickleContents {
    /// The tensor at an index, its shape and strides checked against its storage. Its offset counts from the beginning of the storage that
    /// the key names.
    ///
    /// - Throws: `checkpoint.malformed`.
    func storedTensor(_ index: Int, context: FailureContext) throws(Failure) -> StoredTensor {
        let tensor = tensors[index]
        let storage = storages[tensor.storage]
        let shape = try integers(tensor.shape, context)
        let strides = try integers(tensor.strides, context)
        guard shape.count == strides.count, tensor.offset >= 0, let count = StoredTensor.elementCount(shape) else {
            throw context.malformed("a tensor of storage \(quoted(storage.key)) has an impossible shape \(shapeText(shape))")
        }
        guard count == 0 || PickleContents.isView(shape: shape, strides: strides, offset: tensor.offset, of: storage.range.count) else {
            throw context.malformed(
                "a tensor of shape \(shapeText(shape)), strides \(shapeText(strides)) and offset \(tensor.offset) reaches outside its "
                    + "storage \(quoted(storage.key)) of \(storage.range.count.counted("element")), or overlaps itself")
        }
        let first = count == 0 ? 0 : storage.range.lowerBound + tensor.offset
        return StoredTensor(
            elementType: storage.elementType, shape: shape, strides: strides, offset: first * storage.elementType.size, count: count)
    }

    /// Whether a value is a tensor of floating-point numbers with two axes or more, as every network's weights are.
    func isWeight(_ value: PickleValue) -> Bool {
        guard case .tensor(let index) = value else { return false }
        return storages[tensors[index].storage].elementType.isFloatingPoint && sequences[tensors[index].shape].count >= 2
    }

    private func integers(_ index: Int, _ context: FailureContext) throws(Failure) -> [Int] {
        let elements = sequences[index]
        guard elements.count <= StoredTensor.maximumRank else {
            throw context.malformed("the pickle has a tensor of \(elements.count) axes, and \(StoredTensor.maximumRank) at most are read")
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
