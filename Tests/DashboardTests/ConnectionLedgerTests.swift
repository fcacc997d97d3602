import Dashboard
import Synchronization
import Testing

@Suite struct ConnectionLedgerTests {
    /// Names of connections that were closed to make room.
    private final class Closed: Sendable {
        let names = Mutex<[String]>([])
        func append(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    @Test func `who holds most connections that ask nothing loses the oldest of them`() throws {
        let ledger = ConnectionLedger(.init(connections: 5, requests: 5, requestsPerAddress: 5))
        let closed = Closed()
        func open(_ address: String, _ name: String) throws -> Int { try #require(ledger.open(address) { closed.append(name) }) }
        _ = try open("1", "browser")
        let busy = try open("2", "busy")
        #expect(ledger.begin(busy, isProbe: false))
        for name in ["a", "b", "c", "d", "e"] { _ = try open("2", name) }
        #expect(closed.all == ["a", "b"])
        _ = try open("3", "probe")
        #expect(closed.all == ["a", "b", "c"])
        ledger.end(busy)
        _ = try open("3", "other")
        #expect(closed.all == ["a", "b", "c", "busy"])
    }

    @Test func `where every connection asks something, a new one finds no room until one is done`() throws {
        let ledger = ConnectionLedger(.init(connections: 2, requests: 2, requestsPerAddress: 2))
        let numbers = try (0..<2).map { try #require(ledger.open("\($0)") {}) }
        for number in numbers { #expect(ledger.begin(number, isProbe: false)) }
        #expect(ledger.open("9") {} == nil)
        ledger.close(numbers[0])
        #expect(ledger.open("9") {} != nil)
    }

    @Test func `requests are counted, by address too, and probes are not`() throws {
        let ledger = ConnectionLedger(.init(connections: 20, requests: 4, requestsPerAddress: 3))
        let (one, two) = (
            try (0..<5).map { _ in try #require(ledger.open("1") {}) }, try (0..<5).map { _ in try #require(ledger.open("2") {}) }
        )
        #expect(one.map { ledger.begin($0, isProbe: false) } == [true, true, true, false, false])
        #expect(two.map { ledger.begin($0, isProbe: false) } == [true, false, false, false, false])
        #expect(ledger.begin(two[1], isProbe: true) && ledger.begin(one[3], isProbe: true))
        // A second request on the same connection is the same client's, one after the other.
        #expect(ledger.begin(one[0], isProbe: false))
        ledger.close(one[0])
        ledger.end(one[1])
        ledger.end(one[1])
        #expect(two[2...].map { ledger.begin($0, isProbe: false) } == [true, true, false])
    }
}
