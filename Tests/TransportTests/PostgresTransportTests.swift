import Evaluation
import EvaluationStore
import Foundation
import Logging
import Postgres
import TestSupport
import Testing
import Transport

/// Offers of jobs that travel through the database.
@Suite(.requiresPostgres) struct PostgresTransportTests {
    private static let logger = Logger(label: "test")

    private func withReceiver(_ body: (any JobReceiver, any JobSender, EvaluationStore, DatabaseAddress) throws -> Void) throws {
        try TestDatabase.withDatabase(
            template: "transport", prepare: { _ = try MigrationRunner().migrate(try PostgresConnection($0)) }
        ) { address in
            let transport = PostgresTransport()
            let sending = PostgresSession(address)
            let receiving = PostgresSession(address)
            let sender = try transport.makeSender(store: EvaluationStore(session: sending), logger: Self.logger)
            let receiver = try transport.makeReceiver(
                store: EvaluationStore(session: receiving), logger: Self.logger, noteUndecodable: { _, _ in })
            try body(receiver, sender, EvaluationStore(session: receiving), address)
        }
    }

    /// Receives until there is an offer or `seconds` passed.
    private func offer(from receiver: any JobReceiver, seconds: Double) throws -> ReceivedOffer? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while .now < deadline { if let offer = try receiver.receive(isWanted: true) { return offer } }
        return nil
    }

    @Test func `a worker looks once at its start, then when it is notified, and again as long as it is granted something`() throws {
        try withReceiver { receiver, sender, _, _ in
            let first = try #require(try offer(from: receiver, seconds: 1))
            #expect(first.offer == .next)
            receiver.acknowledge(first, isGranted: true)
            let second = try #require(try receiver.receive(isWanted: true))
            receiver.acknowledge(second, isGranted: false)
            #expect(try offer(from: receiver, seconds: 0.3) == nil)
            let sent = try sender.offer([JobMessage(ShardAttempt(run: RunID(1), shard: 0, attempt: 1))])
            #expect(sent == [true])
            #expect(try receiver.receive(isWanted: false) == nil)
            #expect(try receiver.receive(isWanted: true) != nil)
        }
    }

    @Test func `a worker that hears nothing looks once a second all the same`() throws {
        try withReceiver { receiver, _, _, _ in
            let first = try #require(try offer(from: receiver, seconds: 1))
            receiver.acknowledge(first, isGranted: false)
            let start = ContinuousClock.now
            #expect(try offer(from: receiver, seconds: 5) != nil)
            #expect(ContinuousClock.now - start > .seconds(0.5))
        }
    }

    @Test func `a worker whose session was ended listens on its next one`() throws {
        try withReceiver { receiver, sender, store, address in
            let first = try #require(try offer(from: receiver, seconds: 1))
            receiver.acknowledge(first, isGranted: false)
            let process = try store.session.withConnection { $0.serverProcess }
            _ = try PostgresConnection(address).execute("SELECT pg_terminate_backend($1)", [.int32(Int32(process))])
            while (try? receiver.receive(isWanted: true)) != nil {}
            let again = try #require(try offer(from: receiver, seconds: 1))
            receiver.acknowledge(again, isGranted: false)
            _ = try sender.offer([])
            #expect(try receiver.receive(isWanted: true) != nil)
        }
    }

    @Test func `watchers hear of events on a channel, as the JSON that Kafka's topic has`() throws {
        try withReceiver { _, sender, _, address in
            let watcher = try PostgresConnection(address)
            try watcher.listen(to: ShardQueue.eventChannel)
            #expect(try !watcher.waitForNotification(atMost: .milliseconds(50)))
            try sender.announce([.runPaused(RunID(7)), .runResumed(RunID(7))])
            #expect(try watcher.waitForNotification(atMost: .seconds(5)))
        }
    }
}
