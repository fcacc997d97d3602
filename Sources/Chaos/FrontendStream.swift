/// What a PostgreSQL client sends, understood just well enough to know where a COPY's data and a COMMIT stand in it (PostgreSQL
/// documentation, "Frontend/Backend Protocol", version 3).
package struct FrontendStream: Sendable {
    /// A place in a chunk of bytes.
    package enum Mark: Sendable, Hashable {
        /// From here on the chunk holds the contents of a CopyData message.
        case copyData(at: Int)
        /// A query that says COMMIT begins here, or began in an earlier chunk where `at` is 0.
        case commit(at: Int)
    }

    private enum State {
        /// The first message has no type. The bytes of its length and code so far.
        case startup([UInt8])
        /// Between messages, or in one's type and length.
        case header([UInt8], start: Int)
        /// In a message: bytes left, and the first bytes of a query's text.
        case contents(left: Int, query: [UInt8]?, start: Int)
    }

    private var state = State.startup([])

    /// Codes of first messages after which another first message follows: SSLRequest and GSSENCRequest.
    private static let negotiations: Set<Int> = [80_877_103, 80_877_104]
    private static let queryType = UInt8(ascii: "Q")
    private static let copyDataType = UInt8(ascii: "d")
    private static let commit = Array("COMMIT".utf8)

    package init() {}

    /// Reads on.
    /// - Returns: what begins or ends in `bytes`, in order.
    package mutating func scan(_ bytes: ArraySlice<UInt8>) -> [Mark] {
        var marks: [Mark] = []
        var position = bytes.startIndex
        while position < bytes.endIndex {
            switch state {
            case .startup(var head):
                head.append(bytes[position])
                position += 1
                state = head.count < 8 ? .startup(head) : afterStartup(head)
            case .header(var head, var start):
                if head.isEmpty { start = position - bytes.startIndex }
                head.append(bytes[position])
                position += 1
                guard head.count == 5 else {
                    state = .header(head, start: start)
                    continue
                }
                let length = max(Self.number(head[1...]) - 4, 0)
                if head[0] == Self.copyDataType, length > 0 { marks.append(.copyData(at: position - bytes.startIndex)) }
                state =
                    length == 0
                    ? .header([], start: 0) : .contents(left: length, query: head[0] == Self.queryType ? [] : nil, start: start)
            case .contents(let left, let query, let start):
                let taken = min(left, bytes.endIndex - position)
                var text = query
                text?.append(contentsOf: bytes[position..<(position + min(taken, max(0, 16 - (query?.count ?? 0))))])
                position += taken
                if taken == left {
                    if let text, text.prefix(6).elementsEqual(Self.commit) { marks.append(.commit(at: start)) }
                    state = .header([], start: 0)
                } else {
                    state = .contents(left: left - taken, query: text, start: start)
                }
            }
        }
        startsAreBehind()
        return marks
    }

    /// What began in this chunk began before the next one.
    private mutating func startsAreBehind() {
        switch state {
        case .header(let head, _): state = .header(head, start: 0)
        case .contents(let left, let query, _): state = .contents(left: left, query: query, start: 0)
        case .startup: break
        }
    }

    private func afterStartup(_ head: [UInt8]) -> State {
        if Self.negotiations.contains(Self.number(head[4...])) { return .startup([]) }
        let left = Self.number(head[..<4]) - 8
        return left > 0 ? .contents(left: left, query: nil, start: 0) : .header([], start: 0)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}
