import FoundationEssentials

/// Reading elements out of the mapped file. The unsafe loads of this module all are here: a checked range first, then one bulk copy
/// or conversion per tensor, where element-by-element access through `Data` would take seconds per network.
extension StoredTensor {
    /// The elements in row-major order as float32; wider types are rounded to nearest.
    func floats(in data: Data) -> [Float] {
        switch elementType {
        case .float32: elements(in: data) { (bits: UInt32) in Float(bitPattern: bits) }
        case .float64: elements(in: data) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
        case .float16: elements(in: data) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
        case .bfloat16: elements(in: data) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        case .int64: elements(in: data) { (value: Int64) in Float(value) }
        case .int32: elements(in: data) { (value: Int32) in Float(value) }
        case .int16: elements(in: data) { (value: Int16) in Float(value) }
        case .int8: elements(in: data) { (value: Int8) in Float(value) }
        case .uint64: elements(in: data) { (value: UInt64) in Float(value) }
        case .uint32: elements(in: data) { (value: UInt32) in Float(value) }
        case .uint16: elements(in: data) { (value: UInt16) in Float(value) }
        case .uint8, .bool: elements(in: data) { (value: UInt8) in Float(value) }
        }
    }

    /// The elements of an integer type in row-major order, nil for floating-point types and where a value exceeds `Int`.
    func integers(in data: Data) -> [Int]? {
        switch elementType {
        case .int64: return elements(in: data) { (value: Int64) in Int(value) }
        case .int32: return elements(in: data) { (value: Int32) in Int(value) }
        case .int16: return elements(in: data) { (value: Int16) in Int(value) }
        case .int8: return elements(in: data) { (value: Int8) in Int(value) }
        case .uint64:
            let values = elements(in: data) { (value: UInt64) in Int(exactly: value) }
            return values.contains(nil) ? nil : values.compactMap(\.self)
        case .uint32: return elements(in: data) { (value: UInt32) in Int(value) }
        case .uint16: return elements(in: data) { (value: UInt16) in Int(value) }
        case .uint8, .bool: return elements(in: data) { (value: UInt8) in Int(value) }
        case .float64, .float32, .float16, .bfloat16: return nil
        }
    }

    private func elements<Stored: FixedWidthInteger & BitwiseCopyable, Value>(
        in data: Data, _ convert: (Stored) -> Value
    ) -> [Value] {
        guard count > 0 else { return [] }
        let lastIndex = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
        precondition(offset >= 0 && offset + (lastIndex + 1) * MemoryLayout<Stored>.size <= data.count)
        return data.withUnsafeBytes { file in
            let first = UnsafeRawBufferPointer(rebasing: file[offset...])
            func element(_ index: Int) -> Value {
                convert(Stored(littleEndian: first.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)))
            }
            return [Value](unsafeUninitializedCapacity: count) { values, initialized in
                let target = values.baseAddress.unsafelyUnwrapped
                if isContiguous {
                    for index in 0..<count {
                        (target + index).initialize(to: element(index))
                    }
                } else {
                    var walk = StridedWalk(shape: shape, strides: strides)
                    for index in 0..<count {
                        (target + index).initialize(to: element(walk.next()))
                    }
                }
                initialized = count
            }
        }
    }
}

/// The storage indices of a strided view in row-major order of its own axes.
private struct StridedWalk {
    let shape: [Int]
    let strides: [Int]
    private var position: [Int]
    private var index = 0

    init(shape: [Int], strides: [Int]) {
        self.shape = shape
        self.strides = strides
        position = [Int](repeating: 0, count: shape.count)
    }

    mutating func next() -> Int {
        let current = index
        for axis in shape.indices.reversed() {
            position[axis] += 1
            index += strides[axis]
            if position[axis] < shape[axis] { break }
            index -= strides[axis] * shape[axis]
            position[axis] = 0
        }
        return current
    }
}
