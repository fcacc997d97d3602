import Chaos
import Testing

@Suite struct FrontendStreamTests {
    private func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    private func message(_ type: String, _ contents: [UInt8]) -> [UInt8] { Array(type.utf8) + number(contents.count + 4) + contents }

    /// A client that asks for TLS, starts, fills a table and commits.
    private var conversation: [UInt8] {
        let startup = number(196_608) + Array("user\0me\0\0".utf8)
        return number(8) + number(80_877_103) + number(startup.count + 4) + startup + message("Q", Array("BEGIN\0".utf8))
            + message("d", [UInt8](repeating: 0x51, count: 300)) + message("c", []) + message("Q", Array("COMMIT\0".utf8))
            + message("X", [])
    }

    @Test func `the contents of a COPY and a COMMIT are found, whatever they look like`() {
        var stream = FrontendStream()
        let bytes = conversation
        let commit = bytes.count - 5 - 12
        let copy = commit - 5 - 300
        #expect(stream.scan(bytes[...]) == [.copyData(at: copy), .commit(at: commit)])
    }

    @Test(arguments: [1, 2, 3, 7, 64]) func `bytes in pieces give the same places`(size: Int) {
        var stream = FrontendStream()
        let bytes = conversation
        var found: [(kind: String, position: Int)] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            for mark in stream.scan(bytes[start..<min(start + size, bytes.count)]) {
                switch mark {
                case .copyData(let position): found.append(("copy", start + position))
                case .commit(let position): found.append(("commit", start + position))
                }
            }
        }
        let commit = bytes.count - 5 - 12
        #expect(found.map(\.kind) == ["copy", "commit"])
        #expect(found.first?.position == commit - 5 - 300)
        // A COMMIT that came in pieces is seen with its last one.
        #expect((commit..<(commit + 12)).contains(found.last?.position ?? 0))
    }

    @Test func `other queries, and data that says COMMIT, are none`() {
        var stream = FrontendStream()
        let startup = number(196_608) + [0]
        let bytes =
            number(startup.count + 4) + startup + message("Q", Array("SELECT 'COMMIT'\0".utf8)) + message("P", Array("COMMIT\0".utf8))
            + message("d", Array("COMMIT\0".utf8))
        #expect(stream.scan(bytes[...]).allSatisfy { if case .commit = $0 { false } else { true } })
    }
}
