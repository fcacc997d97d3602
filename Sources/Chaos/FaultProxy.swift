internal import Diagnostics
internal import Synchronization

/// Passes stream connections on to another address, and lets things go wrong on the way.
package final class FaultProxy: Sendable {
    /// What goes through a proxy, as far as it has to understand it.
    package enum Content: Sendable, Hashable {
        case any
        /// COPY and COMMIT are found.
        case postgres
        /// Between 127.0.0.1 and 127.0.0.1: the broker's address in its answers becomes the proxy's.
        case kafka
    }

    package let faults = LinkFaults()
    private let listener: StreamSocket
    private let target: Mutex<StreamEndpoint>
    private let content: Content
    private let links = Mutex<[ProxyLink]>([])
    private let isClosed = Atomic(false)

    /// Listens at once.
    /// - Parameter endpoint: with TCP port 0, a free one is taken; see ``port``.
    package init(at endpoint: StreamEndpoint, to target: StreamEndpoint, content: Content) throws {
        listener = try StreamSocket.listening(at: endpoint)
        self.target = Mutex(target)
        self.content = content
        _ = NamedThread("proxy") { [self] in acceptConnections() }
    }

    /// The TCP port it listens at.
    package var port: Int { listener.port }

    /// Lets new connections go somewhere else.
    package func redirect(to endpoint: StreamEndpoint) {
        target.withLock { $0 = endpoint }
    }

    private func acceptConnections() {
        while !isClosed.load(ordering: .acquiring) {
            guard let client = listener.accept(milliseconds: 100) else { continue }
            // Where nobody listens the client sees its connection close, as it would there.
            let endpoint = target.withLock { $0 }
            guard let server = try? StreamSocket.connected(to: endpoint) else { continue }
            let link = ProxyLink(
                client: client, server: server, faults: faults, findsCuts: content == .postgres, answers: answers(of: endpoint))
            links.withLock { links in
                links.removeAll { $0.isOver }
                links.append(link)
            }
            link.start()
        }
    }

    /// What rewrites the answers of a broker at `endpoint`.
    private func answers(of endpoint: StreamEndpoint) -> BrokerAnswers? {
        guard content == .kafka, case .tcp(_, let brokerPort) = endpoint else { return nil }
        return BrokerAnswers(brokerPort: brokerPort, proxyPort: port)
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
    private let findsCuts: Bool
    private let answers: BrokerAnswers?
    private let over = Atomic(false)
    /// Whether the server's next answer is to be the connection's end instead.
    private let withholdsAnswer = Atomic(false)

    private static let chunkBytes = 1 << 16

    init(client: StreamSocket, server: StreamSocket, faults: LinkFaults, findsCuts: Bool, answers: BrokerAnswers?) {
        self.client = client
        self.server = server
        self.faults = faults
        self.findsCuts = findsCuts
        self.answers = answers
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
            let marks = findsCuts ? stream.scan(buffer[..<count]) : []
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
        var answers = answers
        while true {
            let count = server.receive(into: &buffer)
            if count == 0 || withholdsAnswer.load(ordering: .acquiring) { return breakOff() }
            faults.hold { isOver }
            let passed = answers?.pass(buffer[..<count])[...] ?? buffer[..<count]
            guard client.send(passed) else { return breakOff() }
        }
    }
}
