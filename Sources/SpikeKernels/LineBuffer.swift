/// Memory of whole lines, 64 bytes each and aligned to 64, zeros at first. Allocated once and never moved.
///
/// What it holds is up to its user: 32 lanes of 16 bits or 16 of 32 bits a line, words of spikes, or plain records.
package final class LineBuffer: @unchecked Sendable {
    package static let lineBytes = 64

    package let lines: Int
    package let base: UnsafeMutableRawPointer

    package init(lines: Int) {
        self.lines = max(lines, 1)
        let bytes = self.lines * LineBuffer.lineBytes
        base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: LineBuffer.lineBytes)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    }

    /// Room for `count` values of a type without references.
    package convenience init<Value: BitwiseCopyable>(count: Int, of type: Value.Type) {
        self.init(lines: Self.lines(count: count, of: type))
    }

    /// Lines that `count` values take.
    package static func lines<Value: BitwiseCopyable>(count: Int, of type: Value.Type) -> Int {
        (count * MemoryLayout<Value>.stride + lineBytes - 1) / lineBytes
    }

    /// The values of an array, in its order.
    package convenience init<Value: BitwiseCopyable>(_ values: [Value]) {
        self.init(count: values.count, of: Value.self)
        values.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { base.copyMemory(from: source, byteCount: bytes.count) }
        }
    }

    deinit { base.deallocate() }

    package var bytes: Int { lines * LineBuffer.lineBytes }

    /// The address of a line.
    package func line(_ index: Int) -> UnsafeMutableRawPointer {
        base + index * LineBuffer.lineBytes
    }

    package func clear() {
        base.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    }

    /// The value at `index`, counted in values of its own size.
    @inline(__always)
    package func value<Value: BitwiseCopyable>(_ index: Int, as type: Value.Type) -> Value {
        base.load(fromByteOffset: index * MemoryLayout<Value>.stride, as: type)
    }

    @inline(__always)
    package func set<Value: BitwiseCopyable>(_ index: Int, _ value: Value) {
        base.storeBytes(of: value, toByteOffset: index * MemoryLayout<Value>.stride, as: Value.self)
    }
}

extension LineBuffer {
    /// The address of a value, for kernels.
    package func records<Value: BitwiseCopyable>(of type: Value.Type, from index: Int = 0) -> UnsafeMutablePointer<Value> {
        base.assumingMemoryBound(to: type) + index
    }

    /// Copies an array's values to the start.
    package func replace<Value: BitwiseCopyable>(with values: [Value]) {
        precondition(values.count * MemoryLayout<Value>.stride <= bytes)
        values.withUnsafeBytes { source in
            if let address = source.baseAddress { base.copyMemory(from: address, byteCount: source.count) }
        }
    }
}
