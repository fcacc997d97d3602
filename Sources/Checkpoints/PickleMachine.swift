import Diagnostics

/// Reads a pickle (protocols 2 to 5) as data. It knows the opcodes that `torch.save` writes and the names of ``PickleGlobal``; nothing is
/// looked up, imported or called. Every opcode makes at most one value and copies nothing that it did not take from the pickle or the
/// stack, so time and memory are bounded by a multiple of the pickle's own size. That it cannot be copied itself belongs to this: a copy
/// that lived through an opcode would make the next change copy the whole stack.
struct PickleMachine: ~Copyable {
    let context: FailureContext
    var contents = PickleContents()

    var reader: ByteReader
    var stack: [PickleValue] = []
    var marks: [Int] = []
    var memo: [UInt32: PickleValue] = [:]
    var globals: [String: PickleGlobal] = [:]
    private var operations = 0

    static let maximumOperations = 2_000_000
    /// Bytes of a Python name with its module.
    static let maximumNameLength = 256
    static let maximumNames = 10_000

    private init(_ bytes: [UInt8], context: FailureContext) {
        self.context = context
        reader = ByteReader(bytes, truncated: context.truncated("the pickle ends before its STOP"))
    }

    /// Reads the pickle at the beginning of `bytes`.
    ///
    /// - Returns: what it holds, and how many bytes it has.
    /// - Throws: `checkpoint.forbidden-global`, `checkpoint.malformed`, `checkpoint.truncated`, `checkpoint.unsupported`.
    static func read(_ bytes: [UInt8], context: FailureContext) throws(Failure) -> (contents: PickleContents, length: Int) {
        var machine = PickleMachine(bytes, context: context)
        while try machine.step() {}
        return (machine.contents, machine.reader.position)
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
        case .shortString, .string1: push(try text(try reader.length(UInt8.self)))
        case .string, .string4: push(try text(try reader.length(UInt32.self)))
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
        case .persistentID: try resolve(try pop())
        case .reduce, .newObject:
            let operands = try pop(count: 2)
            push(try reduce(operands[0], try sequence(operands[1])))
        case .newObjectWithKeywords:
            let operands = try pop(count: 3)
            push(try reduce(operands[0], try sequence(operands[1])))
        case .build:
            let state = try pop()
            if case .object(let index) = try top() {
                contents.objects[index].state = state
            }
        }
        return true
    }
}
