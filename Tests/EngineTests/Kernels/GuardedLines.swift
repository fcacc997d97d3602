import SpikeKernels

/// Memory that a kernel writes, between two guards, all of it random at first.
struct GuardedLines {
    private static let guardLines = 4
    let buffer: LineBuffer
    private let initial: [UInt8]
    private let count: Int

    /// - Parameter bytes: what the kernel may write; the guard begins with the next byte.
    init(bytes: Int, _ random: inout TestRandom) {
        count = bytes
        buffer = LineBuffer(lines: 2 * Self.guardLines + (bytes + LineBuffer.lineBytes - 1) / LineBuffer.lineBytes)
        initial = (0..<buffer.bytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        buffer.replace(with: initial)
    }

    /// A second buffer of the same contents, before a kernel runs.
    init(copying other: GuardedLines) {
        count = other.count
        initial = other.initial
        buffer = LineBuffer((0..<initial.count).map { other.buffer.value($0, as: UInt8.self) })
    }

    private var start: Int { Self.guardLines * LineBuffer.lineBytes }

    var base: UnsafeMutableRawPointer { buffer.base + start }

    var contents: [UInt8] { (start..<start + count).map { buffer.value($0, as: UInt8.self) } }

    /// Whether nothing beside the contents has changed.
    var isGuardUntouched: Bool {
        (0..<start).allSatisfy { buffer.value($0, as: UInt8.self) == initial[$0] }
            && (start + count..<initial.count).allSatisfy { buffer.value($0, as: UInt8.self) == initial[$0] }
    }

    /// A value counted in values of its size.
    func value<Value: FixedWidthInteger & BitwiseCopyable>(_ index: Int, as type: Value.Type) -> Int {
        Int(base.load(fromByteOffset: index * MemoryLayout<Value>.size, as: type))
    }

    /// Overwrites a value before a kernel runs.
    func set<Value: BitwiseCopyable>(_ index: Int, _ value: Value) {
        base.storeBytes(of: value, toByteOffset: index * MemoryLayout<Value>.size, as: Value.self)
    }
}
