import Evaluation
import EvaluationStore
import Foundation
import Kafka
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing
import Transport

/// Offers of jobs that travel as messages.
@Suite(.requiresPostgres) struct KafkaTransportTests {
    private static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    private func withTransport(_ body: (KafkaTransport, EvaluationStore) throws -> Void) throws {
        try TestDatabase.withDatabase(
            template: "transport-kafka", prepare: { _ = try MigrationRunner().migrate(try PostgresConnection($0)) }
        ) { address in
            let topics = JobTopics(prefix: TestBroker.uniqueName("test"))
            let broker = try TestBroker(topics: topics.descriptions(partitions: 2), group: topics.workerGroup)
            var transport = KafkaTransport(kafka: broker.configuration, topics: topics)
            transport.partitions = 2
            try withExtendedLifetime(broker) { try body(transport, EvaluationStore(session: PostgresSession(address))) }
        }
    }

    private func offers(_ receiver: any JobReceiver, _ count: Int, seconds: Double = 30) throws -> [JobOffer] {
        var found: [JobOffer] = []
        let deadline = ContinuousClock.now + .seconds(seconds)
        while found.count < count, .now < deadline {
            guard let offer = try receiver.receive(isWanted: true) else { continue }
            receiver.acknowledge(offer, isGranted: false)
            found.append(offer.offer)
        }
        return found
    }

    @Test func `what a coordinator offers a worker receives, and lag is what no worker has decided`() throws {
        try withTransport { transport, store in
            let sender = try transport.makeSender(store: store, logger: Self.quiet)
            let jobs = (0..<4).map { JobMessage(ShardAttempt(run: RunID(1), shard: $0, attempt: 1)) }
            #expect(try sender.offer(jobs) == [true, true, true, true])
            let monitor = try transport.makeMonitor(store: store, logger: Self.quiet)
            let lag = try monitor.lag()
            #expect(lag.source == transport.topics.jobs && lag.waiting == 4 && lag.lanes == 2)
            try monitor.check()
            let receiver = try transport.makeReceiver(store: store, logger: Self.quiet, noteUndecodable: { _, _ in })
            defer { receiver.close() }
            let received = try offers(receiver, 4)
            #expect(Set(received) == Set(jobs.map { .named($0) }))
        }
    }

    @Test(arguments: [1, 2, 3]) func `a topic that has other partitions than asked for is used as it is, and a warning says so`(asked: Int)
        throws
    {
        try withTransport { transport, store in
            var transport = transport
            transport.partitions = asked
            let log = LogRecorder()
            let sender = try transport.makeSender(store: store, logger: log.logger)
            let jobs = (0..<4).map { JobMessage(ShardAttempt(run: RunID(1), shard: $0, attempt: 1)) }
            #expect(try sender.offer(jobs) == [true, true, true, true])
            let warnings = log.lines.filter {
                $0.contains("topic \(transport.topics.jobs) has 2 partitions, and --partitions says \(asked)")
            }
            #expect(warnings.count == (asked == 2 ? 0 : 1), "\(log.lines)")
        }
    }

    /// Of this thread, whatever else the machine does.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test func `messages that are no jobs are passed over in bulk, and counted`() throws {
        try withTransport { transport, store in
            let producer = try KafkaProducer(transport.kafka, logger: Self.quiet)
            let garbage = Array(#"{"version":1,"run":"none"}"#.utf8)
            let count = 40_000
            let messages = (0..<count).map { OutgoingMessage(topic: transport.topics.jobs, partition: $0 % 2, value: garbage) }
            #expect(try producer.send(messages, timeoutMilliseconds: 60_000).allSatisfy { $0 })
            let job = JobMessage(ShardAttempt(run: RunID(1), shard: 0, attempt: 1))
            #expect(
                try producer.send([0, 1].map { OutgoingMessage(topic: transport.topics.jobs, partition: $0, value: job.encoded()) }) == [
                    true, true,
                ])
            let noted = Mutex(0)
            let receiver = try transport.makeReceiver(store: store, logger: Self.quiet) { _, _ in noted.withLock { $0 += 1 } }
            defer { receiver.close() }
            let start = Self.processorSeconds()
            #expect(try offers(receiver, 2, seconds: 300) == [.named(job), .named(job)])
            let seconds = Self.processorSeconds() - start
            #expect(noted.withLock { $0 } == count)
            print("\(count) messages that are no jobs: \(seconds) s of processor time")
            #expect(seconds < Double(count) / 5000)
        }
    }
}
