import Diagnostics

/// What the opcodes do to the stack, and to the containers that it points into.
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

    mutating func makeObject(className: Int?) -> PickleValue {
        contents.objects.append(PickleObject(className: className))
        return .object(contents.objects.count - 1)
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
    var floor: Int { marks.last ?? 0 }

    func top() throws(Failure) -> PickleValue {
        guard stack.count > floor, let value = stack.last else { throw underflow() }
        return value
    }

    mutating func pop() throws(Failure) -> PickleValue {
        guard stack.count > floor, let value = stack.popLast() else { throw underflow() }
        return value
    }

    mutating func pop(count: Int) throws(Failure) -> [PickleValue] {
        guard stack.count - floor >= count else { throw underflow() }
        return takeLast(count)
    }

    mutating func popToMark() throws(Failure) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw context.malformed("the pickle lacks a MARK") }
        return takeLast(stack.count - mark)
    }

    /// The last values, taken off the stack one by one: a slice would share the stack's memory, and shortening it would copy what remains.
    mutating func takeLast(_ count: Int) -> [PickleValue] {
        var values: [PickleValue] = []
        values.reserveCapacity(count)
        for index in stack.count - count..<stack.count { values.append(stack[index]) }
        stack.removeLast(count)
        return values
    }

    mutating func popValueOrMark() throws(Failure) {
        if let mark = marks.last, mark == stack.count {
            marks.removeLast()
        } else {
            _ = try pop()
        }
    }

    func recall(_ index: UInt32) throws(Failure) -> PickleValue {
        guard let value = memo[index] else { throw context.malformed("the pickle reads memo \(index), which it never wrote") }
        return value
    }

    mutating func append(_ elements: [PickleValue]) throws(Failure) {
        switch try top() {
        case .sequence(let index): contents.sequences[index] += elements
        case .opaque, .object: break
        default: throw context.malformed("the pickle appends to something that is no list")
        }
    }

    mutating func setItems(_ values: [PickleValue]) throws(Failure) {
        let pairs = try pairs(values)
        switch try top() {
        case .dictionary(let index): contents.dictionaries[index] += pairs
        case .object(let index): contents.objects[index].items += pairs
        case .opaque: break
        default: throw context.malformed("the pickle sets items of something that is no dictionary")
        }
    }

    mutating func pushBytes(_ count: Int) throws(Failure) {
        try reader.skip(count)
        push(.opaque)
    }

    mutating func pushGlobal(module: String, name: String) throws(Failure) {
        guard module.utf8.count + name.utf8.count < PickleMachine.maximumNameLength else {
            throw context.malformed("the pickle has a Python name of \(module.utf8.count + name.utf8.count) bytes: \(quoted(module))")
        }
        let fullName = "\(module).\(name)"
        if let known = globals[fullName] { return push(.global(known)) }
        guard !PickleGlobal.runsCode(module: module, name: name) else {
            throw Failure(
                .checkpointForbiddenGlobal,
                "\(context.fileName): the pickle names the Python object \(quoted(fullName)), which runs code and has no place in a "
                    + "checkpoint; nothing was executed",
                remedy: "Do not load this file with PyTorch; get it from somewhere else.")
        }
        var global = PickleGlobal(module: module, name: name)
        if global == nil {
            guard contents.classNames.count < PickleMachine.maximumNames else {
                throw context.malformed("the pickle names more than \(PickleMachine.maximumNames) Python objects")
            }
            global = .inert(contents.classNames.count)
            contents.classNames.append(fullName)
        }
        if let global {
            globals[fullName] = global
            push(.global(global))
        }
    }

    /// Text; a surrogate half, which Python may write, becomes U+FFFD.
    mutating func text(_ count: Int) throws(Failure) -> PickleValue {
        let bytes = try reader.take(count)
        return .string(String(decoding: bytes, as: UTF8.self))
    }

    mutating func lineText() throws(Failure) -> String {
        String(decoding: try reader.line(), as: UTF8.self)
    }

    /// A little-endian two's complement number.
    func longInteger(_ bytes: ArraySlice<UInt8>) -> PickleValue {
        guard bytes.count <= 8 else { return .opaque }
        var pattern: UInt64 = bytes.last.map { $0 & 0x80 != 0 } == true ? .max : 0
        for byte in bytes.reversed() {
            pattern = pattern << 8 | UInt64(byte)
        }
        return .integer(Int(Int64(bitPattern: pattern)))
    }

    func underflow() -> Failure {
        context.malformed("the pickle takes more values than it has at byte \(reader.position)")
    }
}
