internal import Diagnostics

/// Reads a pickle as data. It knows the opcodes that `torch.save` writes, builds tensors' descriptions, and never runs anything.
///
/// Memory is bounded by the number of opcodes, which is bounded itself; values are references into an arena.
struct PickleInterpreter {
    /// Longest pickle that is read, in bytes: one with a thousand tensors and their optimizer state has some 300 kB.
    static let maximumBytes = 16 << 20
    /// Most opcodes that are read.
    static let maximumOpcodes = 2_000_000

    private let file: FileBytes
    private var position: Int
    private let end: Int
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [UInt32: PickleValue] = [:]
    private(set) var sequences: [[PickleValue]] = []
    private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []

    /// - Parameter bytes: where the pickle lies in the file.
    init(_ file: FileBytes, bytes: Range<Int>) throws {
        self.file = file
        position = bytes.lowerBound
        end = bytes.upperBound
        guard bytes.count <= Self.maximumBytes else {
            throw file.malformed("its pickle has \(bytes.count) bytes, more than \(Self.maximumBytes)")
        }
    }

    /// Runs to STOP and returns the value on top.
    mutating func run() throws -> PickleValue {
        for _ in 0..<Self.maximumOpcodes {
            let opcode = try take(UInt8.self)
            if opcode == UInt8(ascii: ".") { return try pop() }
            try step(opcode)
        }
        throw file.malformed("its pickle has more than \(Self.maximumOpcodes) operations")
    }

    private mutating func step(_ opcode: UInt8) throws {
        switch opcode {
        case 0x80: _ = try take(UInt8.self)
        case 0x95: _ = try take(UInt64.self)
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "J"): stack.append(.int(Int64(try take(Int32.self))))
        case UInt8(ascii: "K"): stack.append(.int(Int64(try take(UInt8.self))))
        case UInt8(ascii: "M"): stack.append(.int(Int64(try take(UInt16.self))))
        case 0x8A: try takeLong(Int(try take(UInt8.self)))
        case 0x8B: try takeLong(Int(try take(Int32.self)))
        case UInt8(ascii: "G"): stack.append(.double(Double(bitPattern: try take(UInt64.self).byteSwapped)))
        case 0x8C: try takeText(Int(try take(UInt8.self)))
        case UInt8(ascii: "X"): try takeText(Int(try take(UInt32.self)))
        case 0x8D: try takeText(try takeSize())
        case UInt8(ascii: "U"), UInt8(ascii: "C"): try takeBytes(Int(try take(UInt8.self)))
        case UInt8(ascii: "T"): try takeBytes(Int(try take(Int32.self)))
        case UInt8(ascii: "B"): try takeBytes(Int(try take(UInt32.self)))
        case 0x8E, 0x96: try takeBytes(try takeSize())
        case UInt8(ascii: ")"): push(sequence: [])
        case 0x85: push(sequence: [try pop()])
        case 0x86: push(sequence: try pop(2))
        case 0x87: push(sequence: try pop(3))
        case UInt8(ascii: "t"): push(sequence: try popToMark())
        case UInt8(ascii: "]"): push(sequence: [])
        case UInt8(ascii: "a"): try append(try pop(1))
        case UInt8(ascii: "e"): try append(try popToMark())
        case UInt8(ascii: "}"): push(dictionary: [])
        case 0x8F: stack.append(.inert)
        case 0x90: _ = try popToMark()
        case 0x91:
            _ = try popToMark()
            stack.append(.inert)
        case UInt8(ascii: "s"): try setItems(try pop(2))
        case UInt8(ascii: "u"): try setItems(try popToMark())
        case UInt8(ascii: "q"): memo[UInt32(try take(UInt8.self))] = try top()
        case UInt8(ascii: "r"): memo[try take(UInt32.self)] = try top()
        case 0x94: memo[UInt32(memo.count)] = try top()
        case UInt8(ascii: "h"): try recall(UInt32(try take(UInt8.self)))
        case UInt8(ascii: "j"): try recall(try take(UInt32.self))
        case UInt8(ascii: "c"): stack.append(try global(module: try takeLine(), name: try takeLine()))
        case 0x93:
            let names = try pop(2)
            guard case .text(let module) = names[0], case .text(let name) = names[1] else {
                throw file.malformed("its pickle names a global with something that is no text")
            }
            stack.append(try global(module: module, name: name))
        case UInt8(ascii: "Q"): try persistentLoad()
        case UInt8(ascii: "R"), 0x81: try call(try pop(2))
        case 0x92: try call(Array(try pop(3).prefix(2)))
        case UInt8(ascii: "b"): try build()
        default:
            throw file.malformed("its pickle has operation 0x\(String(opcode, radix: 16)), which no tensor needs")
        }
    }

    private mutating func take<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) throws -> Value {
        guard end - position >= MemoryLayout<Value>.size else { throw file.malformed("its pickle ends early") }
        defer { position += MemoryLayout<Value>.size }
        return try file.integer(type, at: position, "its pickle")
    }

    private mutating func takeSize() throws -> Int {
        guard let size = Int(exactly: try take(UInt64.self)) else { throw file.malformed("its pickle ends early") }
        return size
    }

    private mutating func takeRange(_ count: Int) throws -> Range<Int> {
        guard count >= 0, count <= end - position else { throw file.malformed("its pickle ends early") }
        defer { position += count }
        return position..<(position + count)
    }

    private mutating func takeText(_ count: Int) throws {
        stack.append(.text(try file.text(try takeRange(count), "a text of its pickle")))
    }

    private mutating func takeBytes(_ count: Int) throws {
        _ = try takeRange(count)
        stack.append(.inert)
    }

    private mutating func takeLong(_ count: Int) throws {
        let bytes = file.bytes(try takeRange(count))
        guard bytes.count <= 8 else { return stack.append(.inert) }
        var value: Int64 = (bytes.last ?? 0) & 0x80 == 0 ? 0 : -1
        for byte in bytes.reversed() { value = value << 8 | Int64(byte) }
        stack.append(.int(value))
    }

    private mutating func takeLine() throws -> String {
        let start = position
        while position < end, position - start < 1000 {
            if try take(UInt8.self) == UInt8(ascii: "\n") { return try file.text(start..<(position - 1), "a name of its pickle") }
        }
        throw file.malformed("its pickle has a name without an end")
    }

    private func top() throws -> PickleValue {
        guard let value = stack.last, stack.count > marks.last ?? 0 else { throw file.malformed("its pickle takes what it did not put") }
        return value
    }

    private mutating func pop() throws -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(_ count: Int) throws -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else { throw file.malformed("its pickle takes what it did not put") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw file.malformed("its pickle has no mark where it needs one") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private mutating func recall(_ index: UInt32) throws {
        guard let value = memo[index] else { throw file.malformed("its pickle recalls what it did not keep") }
        stack.append(value)
    }

    private mutating func push(sequence: [PickleValue]) {
        sequences.append(sequence)
        stack.append(.sequence(sequences.count - 1))
    }

    private mutating func push(dictionary: [(key: PickleValue, value: PickleValue)]) {
        dictionaries.append(dictionary)
        stack.append(.dictionary(dictionaries.count - 1))
    }

    private mutating func append(_ values: [PickleValue]) throws {
        switch try top() {
        case .sequence(let index): sequences[index] += values
        case .object, .inert: return
        default: throw file.malformed("its pickle appends to something that is no list")
        }
    }

    private mutating func setItems(_ items: [PickleValue]) throws {
        guard items.count % 2 == 0 else { throw file.malformed("its pickle sets a key without a value") }
        switch try top() {
        case .dictionary(let index):
            for item in stride(from: 0, to: items.count, by: 2) { dictionaries[index].append((items[item], items[item + 1])) }
        case .object, .inert: return
        default: throw file.malformed("its pickle sets items of something that is no dictionary")
        }
    }

    private func global(module: String, name: String) throws -> PickleValue {
        guard let known = PickleGlobal(module: module, name: name) else {
            throw Failure(
                .malformedCheckpoint, "\(file.name): its pickle names \(module.prefix(100)).\(name.prefix(100)), which is refused",
                remedy: "nothing was run; if you trust the file, load it in PyTorch and save its state dict alone, best as .safetensors")
        }
        return .global(known)
    }

    /// A persistent identifier is a tensor's storage: `("storage", type, key, location, elements)`.
    private mutating func persistentLoad() throws {
        guard case .sequence(let index) = try pop(), sequences[index].count >= 5, case .text("storage") = sequences[index][0],
            case .global(.storageType(let type)) = sequences[index][1], case .text(let key) = sequences[index][2],
            case .int(let wide) = sequences[index][4], let count = Int(exactly: wide), count >= 0
        else { throw file.malformed("its pickle refers to something that is no tensor storage") }
        stack.append(.storage(TensorStorage(key: key, type: type, count: count)))
    }

    private mutating func call(_ parts: [PickleValue]) throws {
        guard case .global(let global) = parts[0], case .sequence(let index) = parts[1] else {
            if case .object = parts[0] { return stack.append(.inert) }
            throw file.malformed("its pickle calls something that is no known class or function")
        }
        let arguments = sequences[index]
        switch global {
        case .rebuildTensor: stack.append(.tensor(try view(arguments)))
        case .rebuildParameter:
            guard case .tensor(let tensor)? = arguments.first else { throw file.malformed("its pickle has a parameter without a tensor") }
            stack.append(.tensor(tensor))
        case .orderedDictionary:
            var items: [(key: PickleValue, value: PickleValue)] = []
            if case .sequence(let list)? = arguments.first {
                for case .sequence(let pair) in sequences[list] where sequences[pair].count == 2 {
                    items.append((sequences[pair][0], sequences[pair][1]))
                }
            }
            push(dictionary: items)
        case .storageType: throw file.malformed("its pickle calls a storage type")
        case .inert: stack.append(.object(-1))
        }
    }

    private func view(_ arguments: [PickleValue]) throws -> TensorView {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .int(let offset) = arguments[1],
            case .sequence(let shape) = arguments[2], case .sequence(let strides) = arguments[3]
        else { throw file.malformed("its pickle describes a tensor wrongly") }
        func integers(_ index: Int) throws -> [Int] {
            guard sequences[index].count <= 64 else { throw file.malformed("its pickle has a tensor of more than 64 dimensions") }
            return try sequences[index].map { value in
                guard case .int(let number) = value else { throw file.malformed("its pickle describes a tensor wrongly") }
                return Int(number)
            }
        }
        return TensorView(storage: storage, offset: Int(offset), shape: try integers(shape), strides: try integers(strides))
    }

    /// Gives an object its state. Ordered dictionaries keep their items; PyTorch hangs `_metadata` on them.
    private mutating func build() throws {
        let state = try pop()
        guard case .object = try top(), case .dictionary(let index) = state else { return }
        stack[stack.count - 1] = .object(index)
    }
}
