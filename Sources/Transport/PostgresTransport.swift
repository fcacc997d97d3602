internal import Diagnostics
internal import Evaluation
package import EvaluationStore
package import Logging
internal import Postgres

/// Jobs in the database alone: a published shard is the offer, a notification wakes the workers, and the database gives each its own.
package struct PostgresTransport: JobTransport {
    package init() {}

    package func makeSender(store: EvaluationStore, logger: Logger) throws -> any JobSender { PostgresSender(store: store) }

    package func makeReceiver(
        store: EvaluationStore, logger: Logger, noteUndecodable: @escaping @Sendable (_ source: String, _ reason: String) -> Void
    ) throws -> any JobReceiver { PostgresReceiver(session: store.session) }

    package func requireReachable(logger: Logger) throws {}

    package func makeMonitor(store: EvaluationStore, logger: Logger) throws -> any TransportMonitor { PostgresMonitor(store: store) }
}

/// A coordinator's end of a ``PostgresTransport``.
final class PostgresSender: JobSender {
    private let store: EvaluationStore

    init(store: EvaluationStore) {
        self.store = store
    }

    func attend(_ fleet: FleetSnapshot) {}

    func offer(_ jobs: [JobMessage]) throws -> [Bool] {
        try store.queue.wakeWorkers()
        return jobs.map { _ in true }
    }

    var mayLoseOffers: Bool { false }

    func announce(_ events: [EvaluationEvent]) throws { try store.queue.announce(events) }

    /// A dead letter is a row of `dead_letters`, and an event announces it.
    func report(_ letters: [DeadLetter]) throws -> [Bool] { letters.map { _ in true } }
}

/// A worker's end of a ``PostgresTransport``: it offers whatever comes next when it was notified, after a grant, and now and then, because
/// a notification can get lost with its session.
final class PostgresReceiver: JobReceiver, @unchecked Sendable {
    /// How long a call waits.
    private static let slice = Duration.milliseconds(50)
    /// Between two polls without a notification.
    private static let lookInterval = Duration.seconds(1)

    private let session: PostgresSession
    private let condition = MonotonicCondition()
    /// Which of the session's connections listens.
    private var listening: Int?
    private var mayHaveJobs = true
    private var nextLook: Deadline

    init(session: PostgresSession) {
        self.session = session
        nextLook = Deadline(in: .zero, on: condition.clock)
    }

    func receive(isWanted: Bool) throws -> ReceivedOffer? {
        guard isWanted else {
            condition.locked { condition.wait(until: Deadline(in: Self.slice, on: condition.clock)) }
            return nil
        }
        let isNotified = try session.withConnection { connection in
            if listening != session.connectionCount {
                try connection.listen(to: ShardQueue.jobChannel)
                listening = session.connectionCount
                return true
            }
            if mayHaveJobs || nextLook.isPast { return true }
            return try connection.waitForNotification(atMost: Self.slice)
        }
        return isNotified ? ReceivedOffer(offer: .next) : nil
    }

    func acknowledge(_ offer: ReceivedOffer, isGranted: Bool) {
        mayHaveJobs = isGranted
        nextLook = Deadline(in: Self.lookInterval, on: condition.clock)
    }

    var isExclusive: Bool { false }

    var problem: String? { nil }

    func wake() { condition.broadcast() }

    func close() {}
}

/// Counts what waits in the database. Whether that is there has a check of its own.
final class PostgresMonitor: TransportMonitor {
    let name = "transport"
    private let store: EvaluationStore

    init(store: EvaluationStore) {
        self.store = store
    }

    func lag() throws -> TransportLag { TransportLag(source: "shards", waiting: try store.queue.unclaimedJobs(), lanes: 1) }

    func check() throws {}
}
