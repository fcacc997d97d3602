import Diagnostics

/// Reads a pickle (protocols 2 to 5) as data. It knows the opcodes that `torch.save` writes and the names of ``PickleGlobal``; nothing is
/// looked up, imported or called. Every opcode makes at most one value, so memory is bounded by a multiple of the pickle's own size.
struct PickleMachine {
    /// Gives the storage for a key, element type and element count, or throws.
    typealias StorageLookup = (_ key: String, _ elementType: ElementType, _ count: Int) throws(Failure) -> PickleStorage

    let context: FailureContext
    let storage: StorageLookup
    var contents = PickleContents()

    private var reader: ByteReader
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [UInt32: PickleValue] = [:]
    private var operations = 0

    static let maximumOperations = 2_000_000
    /// torch.save numbers its storages; a long key, looked up again and again, would take time without bound.
    static let maximumKeyLength = 64

    private init(_ bytes: [UInt8], context: FailureContext, storage: @escaping StorageLookup) {
        self.context = context
        self.storage = storage
        reader = ByteReader(bytes, truncated: context.truncated("the pickle ends before its STOP"))
    }

    /// - Throws: `checkpoint.forbidden-global`, `checkpoint.malformed`, `checkpoint.truncated`, `checkpoint.unsupported`.
    static func read(_ bytes: [UInt8], context: FailureContext, storage: @escaping StorageLookup) throws(Failure) -> PickleContents {
        var machine = PickleMachine(bytes, context: context, storage: storage)
        while try machine.step() {}
        return machine.contents
    }

    /// Executes one opcode; false after STOP.
    private mutating func step() throws(Failure) -> Bool {
        operations += 1
        guard operations <= PickleMachine.maximumOperations else {
            throw context.unsupported(
                "the pickle has more than \(PickleMachine.maximumOperations) operations",
                remedy: "Save the model's state dict alone: torch.save({'model': model.state_dict()}, path).")
        }
        let position = reader.position
        let byte = try reader.byte()
        guard let opcode = PickleOpcode(rawValue: byte) else {
            throw context.unsupported(
                "the pickle has the opcode 0x\(String(byte, radix: 16)) at byte \(position), which torch.save does not write",
                remedy: "Save the checkpoint again with torch.save and its default pickle protocol.")
        }
        switch opcode {
        case .protocolVersion:
            let version = try reader.byte()
            guard (2...5).contains(version) else {
                throw context.unsupported("the pickle has protocol \(version)", remedy: "Save the checkpoint again with torch.save.")
            }
        case .frame: _ = try reader.length(UInt64.self)
        case .stop:
            contents.root = try pop()
            return false
        case .mark: marks.append(stack.count)
        case .pop: try popValueOrMark()
        case .popMark: _ = try popToMark()
        case .duplicate: push(try top())
        case .put: memo[UInt32(try reader.byte())] = try top()
        case .longPut: memo[try reader.integer()] = try top()
        case .memoize: memo[UInt32(memo.count)] = try top()
        case .get: push(try recall(UInt32(try reader.byte())))
        case .longGet: push(try recall(try reader.integer()))
        case .none: push(.none)
        case .newTrue: push(.bool(true))
        case .newFalse: push(.bool(false))
        case .integer: push(.integer(Int(try reader.integer(Int32.self))))
        case .integer1: push(.integer(Int(try reader.byte())))
        case .integer2: push(.integer(Int(try reader.integer(UInt16.self))))
        case .long1: push(longInteger(try reader.take(try reader.length(UInt8.self))))
        case .long4: push(longInteger(try reader.take(try reader.length(UInt32.self))))
        case .float: push(.float(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped)))
        case .shortString: push(try text(try reader.length(UInt8.self)))
        case .string: push(try text(try reader.length(UInt32.self)))
        case .string8: push(try text(try reader.length(UInt64.self)))
        case .shortBytes: try pushBytes(try reader.length(UInt8.self))
        case .bytes: try pushBytes(try reader.length(UInt32.self))
        case .bytes8, .byteArray8: try pushBytes(try reader.length(UInt64.self))
        case .emptyTuple, .emptyList, .emptySet: pushSequence([])
        case .tuple1: pushSequence(try pop(count: 1))
        case .tuple2: pushSequence(try pop(count: 2))
        case .tuple3: pushSequence(try pop(count: 3))
        case .tuple, .list, .frozenSet: pushSequence(try popToMark())
        case .append: try append([try pop()])
        case .appends, .addItems: try append(try popToMark())
        case .emptyDictionary: pushDictionary([])
        case .dictionary: pushDictionary(try pairs(try popToMark()))
        case .setItem: try setItems(try pop(count: 2))
        case .setItems: try setItems(try popToMark())
        case .global: try pushGlobal(module: try lineText(), name: try lineText())
        case .stackGlobal:
            let names = try pop(count: 2)
            guard case .string(let module) = names[0], case .string(let name) = names[1] else {
                throw context.malformed("the pickle names a global by something that is no text")
            }
            try pushGlobal(module: module, name: name)
        case .persistentID:
            contents.storages.append(try resolveStorage(try pop()))
            push(.storage(contents.storages.count - 1))
        case .reduce, .newObject:
            let operands = try pop(count: 2)
            push(try reduce(operands[0], try sequence(operands[1])))
        case .newObjectWithKeywords:
            let operands = try pop(count: 3)
            push(try reduce(operands[0], try sequence(operands[1])))
        case .build:
            let state = try pop()
            if case .object(let index) = try top() {
                contents.objects[index] = state
            }
        }
        return true
    }
}

extension PickleMachine {
    mutating func push(_ value: PickleValue) {
        stack.append(value)
    }

    mutating func pushSequence(_ elements: [PickleValue]) {
        push(makeSequence(elements))
    }

    mutating func makeSequence(_ elements: [PickleValue]) -> PickleValue {
        contents.sequences.append(elements)
        return .sequence(contents.sequences.count - 1)
    }

    mutating func pushDictionary(_ pairs: [(key: PickleValue, value: PickleValue)]) {
        push(makeDictionary(pairs))
    }

    mutating func makeDictionary(_ pairs: [(key: PickleValue, value: PickleValue)]) -> PickleValue {
        contents.dictionaries.append(pairs)
        return .dictionary(contents.dictionaries.count - 1)
    }

    /// The elements of a list or tuple.
    func sequence(_ value: PickleValue) throws(Failure) -> [PickleValue] {
        guard case .sequence(let index) = value else {
            throw context.malformed("the pickle has something else where a tuple must be")
        }
        return contents.sequences[index]
    }

    /// Keys and values that follow each other, as pairs.
    func pairs(_ values: [PickleValue]) throws(Failure) -> [(key: PickleValue, value: PickleValue)] {
        guard values.count.isMultiple(of: 2) else { throw context.malformed("the pickle has a dictionary key without a value") }
        return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
    }

    /// The stack above the latest mark belongs to what is being collected; nothing below it can be reached.
    private var floor: Int { marks.last ?? 0 }

    private func top() throws(Failure) -> PickleValue {
        guard stack.count > floor, let value = stack.last else { throw underflow() }
        return value
    }

    private mutating func pop() throws(Failure) -> PickleValue {
        guard stack.count > floor, let value = stack.popLast() else { throw underflow() }
        return value
    }

    private mutating func pop(count: Int) throws(Failure) -> [PickleValue] {
        guard stack.count - floor >= count else { throw underflow() }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(Failure) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw context.malformed("the pickle lacks a MARK") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func popValueOrMark() throws(Failure) {
        if let mark = marks.last, mark == stack.count {
            marks.removeLast()
        } else {
            _ = try pop()
        }
    }

    private func recall(_ index: UInt32) throws(Failure) -> PickleValue {
        guard let value = memo[index] else { throw context.malformed("the pickle reads memo \(index), which it never wrote") }
        return value
    }

    private mutating func append(_ elements: [PickleValue]) throws(Failure) {
        switch try top() {
        case .sequence(let index): contents.sequences[index] += elements
        case .opaque: break
        default: throw context.malformed("the pickle appends to something that is no list")
        }
    }

    private mutating func setItems(_ values: [PickleValue]) throws(Failure) {
        let pairs = try pairs(values)
        switch try top() {
        case .dictionary(let index): contents.dictionaries[index] += pairs
        case .opaque: break
        default: throw context.malformed("the pickle sets items of something that is no dictionary")
        }
    }

    private mutating func pushBytes(_ count: Int) throws(Failure) {
        try reader.skip(count)
        push(.opaque)
    }

    private mutating func pushGlobal(module: String, name: String) throws(Failure) {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw Failure(
                .checkpointForbiddenGlobal,
                "\(context.fileName): the pickle names the Python object \(quoted("\(module).\(name)")), which is not plain data; "
                    + "nothing was executed",
                remedy: "Save the model's state dict alone: torch.save({'model': model.state_dict()}, path), or use safetensors.")
        }
        push(.global(global))
    }

    /// Text; a surrogate half, which Python may write, becomes U+FFFD.
    private mutating func text(_ count: Int) throws(Failure) -> PickleValue {
        let bytes = try reader.take(count)
        return .string(String(decoding: bytes, as: UTF8.self))
    }

    private mutating func lineText() throws(Failure) -> String {
        String(decoding: try reader.line(), as: UTF8.self)
    }

    /// A little-endian two's complement number.
    private func longInteger(_ bytes: ArraySlice<UInt8>) -> PickleValue {
        guard bytes.count <= 8 else { return .opaque }
        var pattern: UInt64 = bytes.last.map { $0 & 0x80 != 0 } == true ? .max : 0
        for byte in bytes.reversed() {
            pattern = pattern << 8 | UInt64(byte)
        }
        return .integer(Int(Int64(bitPattern: pattern)))
    }

    private func underflow() -> Failure {
        context.malformed("the pickle takes more values than it has at byte \(reader.position)")
    }
}
