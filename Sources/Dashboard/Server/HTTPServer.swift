internal import Diagnostics
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A program's HTTP pages. Hummingbird serves them in a task of its own; everything that blocks has threads of its own.
package final class HTTPServer: Sendable {
    /// Where it listens; the port is the real one.
    package let address: HTTPAddress
    private let task: Task<Void, Never>
    private let group: MultiThreadedEventLoopGroup
    private let stopping: @Sendable () -> Void
    private let log: StoppableLog

    /// Starts serving, and returns when connections are accepted. Blocks; not for tasks.
    /// - Parameter dashboard: where the dashboard's figures come from; without it only `/livez`, `/readyz` and `/metrics` are served.
    /// - Throws: `http.listen` where the address cannot be listened on.
    package init(
        _ configuration: HTTPConfiguration, status: ProgramStatus, dashboard: DashboardSource? = nil, logger: Logger
    ) throws {
        let watch = dashboard.map { FleetWatch($0, interval: configuration.interval) }
        let statusRoutes = StatusRoutes(status, watch: watch)
        let router = Router(context: DashboardContext.self, options: .autoGenerateHeadEndpoints)
        let sessions = Sessions()
        router.add(middleware: AccessMiddleware(address: configuration.address, token: configuration.token, sessions: sessions))
        statusRoutes.add(to: router)
        if let watch {
            let streams = EventStreams(
                interval: configuration.interval, limit: configuration.streams, idleSeconds: configuration.idleSeconds)
            DashboardRoutes(watch: watch, streams: streams, sessions: sessions, canSignIn: configuration.token != nil).add(to: router)
            SteeringRoutes(watch: watch).add(to: router)
            if let token = configuration.token { LoginRoutes(token: token, sessions: sessions).add(to: router) }
        }
        let start = ServerStart()
        let ledger = ConnectionLedger(configuration.limits)
        let deadlines = ConnectionGate.Deadlines(
            head: configuration.requestSeconds, body: configuration.requestSeconds, idle: configuration.idleSeconds)
        let log = StoppableLog(logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let application = Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGate(ledger, deadlines)],
                    idleTimeout: .seconds(Int64(configuration.idleSeconds)),
                    httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))),
            configuration: .init(address: .hostname(configuration.address.host, port: configuration.address.port)),
            onServerRunning: { channel in start.resolve(.success(channel.localAddress?.port ?? configuration.address.port)) },
            eventLoopGroupProvider: .shared(group), logger: log.logger)
        let wanted = configuration.address
        let task = Task.detached {
            do {
                try await application.run()
            } catch is CancellationError {
                start.resolve(.failure(CancellationError()))
            } catch {
                start.resolve(.failure(Self.failure(error, wanted)))
            }
        }
        self.task = task
        self.group = group
        self.log = log
        stopping = {
            watch?.stop()
            statusRoutes.stop()
        }
        do {
            address = HTTPAddress(host: wanted.host, port: try start.wait())
        } catch {
            stopping()
            try? group.syncShutdownGracefully()
            throw error
        }
        logger.info("serving HTTP on http://\(address)/")
    }

    private static func failure(_ error: any Error, _ address: HTTPAddress) -> Failure {
        let code = (error as? IOError)?.errnoCode
        let (reason, remedy) =
            switch code {
            case EADDRINUSE: ("another program listens there", "choose another port; port 0 takes any that is free")
            case EACCES: ("this user may not listen there", "choose a port above 1023")
            case EADDRNOTAVAIL: ("it is no address of this machine", "choose 127.0.0.1, or an address that `ip address` shows")
            default: ("\(error)", "choose another address")
            }
        return Failure(
            .httpListen, "HTTP cannot be served on \(address): \(reason)", remedy: remedy, nativeCode: code.map { "errno \($0)" })
    }

    /// Ends all connections and threads. Blocks for a few seconds at most.
    package func stop() {
        log.stop()
        task.cancel()
        let ended = DispatchSemaphore(value: 0)
        Task.detached { [task] in
            await task.value
            ended.signal()
        }
        _ = ended.wait(timeout: .now() + 2)
        stopping()
        try? group.syncShutdownGracefully()
    }
}

/// What came of a server's start; the first answer counts.
private final class ServerStart: Sendable {
    private let outcome = Mutex<Result<Int, any Error>?>(nil)
    private let known = DispatchSemaphore(value: 0)

    func resolve(_ result: Result<Int, any Error>) {
        outcome.withLock { outcome in
            guard outcome == nil else { return }
            outcome = result
            known.signal()
        }
    }

    /// The port that is listened on.
    func wait() throws -> Int {
        known.wait()
        return try outcome.withLock { $0 }?.get() ?? 0
    }
}

extension HTTPConfiguration {
    /// What fits, with half of the files that the program may open left to it.
    fileprivate var limits: ConnectionLedger.Limits {
        var files = rlimit()
        let most = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 ? Int(clamping: files.rlim_cur) / 2 : connections
        return ConnectionLedger.Limits(
            connections: max(2, min(connections, most)), requests: max(1, min(requests, most / 2)), requestsPerAddress: requestsPerAddress)
    }
}
