internal import Diagnostics
internal import Synchronization

/// Passes stream connections on to another address, and lets things go wrong on the way.
package final class FaultProxy: Sendable {
    package let faults = LinkFaults()
    private let listener: StreamSocket
    private let target: Mutex<StreamEndpoint>
    private let understandsPostgres: Bool
    private let links = Mutex<[ProxyLink]>([])
    private let isClosed = Atomic(false)

    /// Listens at once.
    /// - Parameter understandsPostgres: whether clients speak PostgreSQL's protocol, so that COPY and COMMIT can be found.
    package init(at endpoint: StreamEndpoint, to target: StreamEndpoint, understandsPostgres: Bool = true) throws {
        listener = try StreamSocket.listening(at: endpoint)
        self.target = Mutex(target)
        self.understandsPostgres = understandsPostgres
        _ = NamedThread("proxy") { [self] in acceptConnections() }
    }

    private func acceptConnections() {
        while !isClosed.load(ordering: .acquiring) {
            guard let client = listener.accept(milliseconds: 100) else { continue }
            // Where nobody listens the client sees its connection close, as it would there.
            guard let server = try? StreamSocket.connected(to: target.withLock { $0 }) else { continue }
            let link = ProxyLink(client: client, server: server, faults: faults, understandsPostgres: understandsPostgres)
            links.withLock { links in
                links.removeAll { $0.isOver }
                links.append(link)
            }
            link.start()
        }
    }

    /// Breaks all connections that there are.
    /// - Returns: how many there were.
    @discardableResult
    package func dropConnections() -> Int {
        links.withLock { links in
            let open = links.filter { !$0.isOver }
            open.forEach { $0.breakOff() }
            links.removeAll()
            return open.count
        }
    }

    /// Ends listening and all connections.
    package func close() {
        isClosed.store(true, ordering: .releasing)
        dropConnections()
    }
}

/// One connection through a ``FaultProxy``: two threads, one for each direction.
private final class ProxyLink: Sendable {
    private let client: StreamSocket
    private let server: StreamSocket
    private let faults: LinkFaults
    private let understandsPostgres: Bool
    private let over = Atomic(false)
    /// Whether the server's next answer is to be the connection's end instead.
    private let withholdsAnswer = Atomic(false)

    private static let chunkBytes = 1 << 16

    init(client: StreamSocket, server: StreamSocket, faults: LinkFaults, understandsPostgres: Bool) {
        self.client = client
        self.server = server
        self.faults = faults
        self.understandsPostgres = understandsPostgres
    }

    var isOver: Bool { over.load(ordering: .acquiring) }

    func start() {
        _ = NamedThread("proxy-requests") { [self] in passRequests() }
        _ = NamedThread("proxy-answers") { [self] in passAnswers() }
    }

    func breakOff() {
        over.store(true, ordering: .releasing)
        client.shutDown()
        server.shutDown()
    }

    private func passRequests() {
        var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        var stream = FrontendStream()
        while true {
            let count = client.receive(into: &buffer)
            guard count > 0 else { return server.endSending() }
            faults.hold { isOver }
            let marks = understandsPostgres ? stream.scan(buffer[..<count]) : []
            switch faults.cut(for: marks) {
            case (.inCopy, let position)?:
                _ = server.send(buffer[..<(position + (count - position) / 2)])
                return breakOff()
            case (.beforeCommit, let position)?:
                _ = server.send(buffer[..<position])
                return breakOff()
            case (.afterCommit, _)?:
                withholdsAnswer.store(true, ordering: .releasing)
                fallthrough
            case nil:
                guard server.send(buffer[..<count]) else { return breakOff() }
            }
        }
    }

    private func passAnswers() {
        var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        while true {
            let count = server.receive(into: &buffer)
            if count == 0 || withholdsAnswer.load(ordering: .acquiring) { return breakOff() }
            faults.hold { isOver }
            guard client.send(buffer[..<count]) else { return breakOff() }
        }
    }
}
