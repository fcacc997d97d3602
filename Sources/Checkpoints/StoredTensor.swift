/// Where the elements of one tensor lie in a file. Whoever makes one has checked that all of them are inside the file.
struct StoredTensor: Sendable, Hashable {
    var elementType: ElementType
    var shape: [Int]
    /// Distance of neighbours along each axis, in elements; row-major where the tensor is contiguous.
    var strides: [Int]
    /// The file's offset of the first element, in bytes.
    var offset: Int
    /// The product of `shape`.
    var count: Int

    var byteCount: Int { count * elementType.size }

    var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            guard stride == expected else { return false }
            expected *= size
        }
        return true
    }

    /// More axes than any network's weights have; PyTorch allows 64, which a few bytes of a file could ask for a million times.
    static let maximumRank = 8

    /// The product of a shape from outside, nil where it is negative or overflows.
    static func elementCount(_ shape: [Int]) -> Int? {
        guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
        if shape.contains(0) { return 0 }
        var product = 1
        for size in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            if overflow { return nil }
            product = next
        }
        return product
    }

    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        guard shape.count > 1, !shape.contains(0) else { return strides }
        for axis in stride(from: shape.count - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }
}

/// A shape as PyTorch prints it: `[10, 3, 4, 4]`.
func shapeText(_ shape: [Int]) -> String {
    "[\(shape.prefix(8).map(String.init).joined(separator: ", "))\(shape.count > 8 ? ", …" : "")]"
}
