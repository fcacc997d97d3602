import CRdkafka
import Diagnostics
package import Logging
import Synchronization

/// A member of a consumer group.
///
/// One thread of the caller's must keep calling ``poll(milliseconds:)`` whether it wants messages or not: a member that stops
/// polling for `max.poll.interval.ms` is evicted from the group. ``pauseIntake()`` keeps messages away meanwhile. All other calls may
/// come from any thread.
///
/// Messages wait in a queue of their own, apart from the group's events, so a paused intake neither drops nor fetches again
/// what came before the pause: it just is not read.
package final class KafkaConsumer: Sendable {
    struct State {
        var connection: ConsumerConnection?
        var offsets = OffsetTracker()
        var assignment: Set<KafkaPartition> = []
        var isPaused = false
        /// What the cluster refuses this client, as long as it does.
        var standing = StandingProblem()
        /// Since when assigned partitions have been unknown to the brokers.
        var vanishing = LastingTrouble(grace: .seconds(5))
    }

    /// How long an intake waits for messages before it looks at the group's events again.
    private static let intakeSlice = 20

    private let maximumMessageBytes: Int
    let group: String
    let topics: [String]
    let logger: Logger
    let state: Mutex<State>

    /// Joins `group` and subscribes to `topics`. Returns at once; partitions are assigned while ``poll(milliseconds:)`` is called.
    ///
    /// - Parameter maximumMessageBytes: a message with a larger key or value is handed out without them.
    /// - Throws: `kafka.property`, `kafka.topic`.
    package init(
        _ configuration: KafkaConfiguration, group: String, topics: [String], maximumMessageBytes: Int = 1 << 20, logger: Logger
    ) throws {
        self.maximumMessageBytes = maximumMessageBytes
        self.group = group
        self.topics = topics
        self.logger = logger
        let connection = try ConsumerConnection(configuration, group: group, logger: logger)
        state = Mutex(State(connection: connection))
        let subscription = PartitionList(topics: topics)
        let code = rd_kafka_subscribe(connection.client.pointer, subscription.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw connection.client.failure("cannot subscribe to \(topics.joined(separator: ", "))", code, otherwise: .kafkaTopic)
        }
    }

    /// The next message, or nil where none came within `milliseconds`. Blocks.
    ///
    /// - Throws: `kafka.fatal` where the consumer has to be made anew; `kafka.closed`. What passes by itself, brokers that are down too, and
    ///   what the cluster refuses, see ``standingProblem``, is logged and not thrown.
    package func poll(milliseconds: Int) throws -> KafkaMessage? {
        guard let connection = state.withLock({ $0.connection }) else {
            throw Failure(.kafkaClosed, "the Kafka consumer of group \(group) is closed")
        }
        let deadline = Deadline(in: .milliseconds(milliseconds))
        repeat {
            if let event = connection.events.poll(milliseconds: 0) {
                if let message = try handle(event, on: connection) { return message }
                continue
            }
            let left = Int(deadline.left.milliseconds)
            if state.withLock({ $0.isPaused }) {
                guard let event = connection.events.poll(milliseconds: left) else { continue }
                if let message = try handle(event, on: connection) { return message }
            } else if let event = connection.intake.poll(milliseconds: min(left, Self.intakeSlice)) {
                if let message = try handle(event, on: connection) { return message }
            }
        } while !deadline.isPast
        return nil
    }

    /// No message is handed out until ``resumeIntake()``, of partitions assigned meanwhile neither.
    package func pauseIntake() {
        state.withLock { $0.isPaused = true }
    }

    package func resumeIntake() {
        let connection = state.withLock { state in
            state.isPaused = false
            return state.connection
        }
        if let connection { rd_kafka_queue_yield(connection.events.pointer) }
    }

    /// The partitions this member reads now, in order.
    package var assignment: [KafkaPartition] { state.withLock { $0.assignment.sorted() } }

    /// How many partitions this member reads now.
    package var assignedPartitions: Int { state.withLock { $0.assignment.count } }

    /// What the cluster refuses this client now: a login, a topic, the group.
    package var standingProblem: String? { state.withLock { $0.standing.problem(at: .now) } }

    private func handle(_ event: consuming Event, on connection: ConsumerConnection) throws -> KafkaMessage? {
        switch event.kind {
        case RD_KAFKA_EVENT_FETCH: return takeMessage(event)
        case RD_KAFKA_EVENT_REBALANCE: try rebalance(event, on: connection)
        case RD_KAFKA_EVENT_ERROR: try noteError(event, on: connection)
        default: break
        }
        return nil
    }

    private func takeMessage(_ event: borrowing Event) -> KafkaMessage? {
        guard let raw = rd_kafka_event_message_next(event.pointer), let topic = raw.pointee.rkt.flatMap({ rd_kafka_topic_name($0) })
        else { return nil }
        let message = KafkaMessage(copying: raw, topic: String(cString: topic), maximumBytes: maximumMessageBytes)
        state.withLock { state in
            state.offsets.handOut(message.source, message.offset)
            state.standing.noteService()
            state.vanishing.noteService()
        }
        return message
    }

    /// Leaves the group, so that its partitions go to others at once. Blocks; call it on the thread that polls, once that is done polling.
    ///
    /// The broker knows the offsets of all decided messages afterwards. Where no broker answers within `timeoutMilliseconds`, this member
    /// is evicted by the group's session timeout instead.
    package func close(timeoutMilliseconds: Int = 5000) {
        guard let connection = state.withLock({ $0.connection.take() }) else { return }
        // Such a member has nothing to hand over: it is left to the session timeout.
        guard !connection.client.isOutliving else { return }
        let deadline = Deadline(in: .milliseconds(timeoutMilliseconds))
        rd_kafka_error_destroy(rd_kafka_consumer_close_queue(connection.client.pointer, connection.events.pointer))
        while rd_kafka_consumer_closed(connection.client.pointer) == 0 {
            guard !deadline.isPast else {
                logger.warning("kafka group \(group): left without saying so, no broker answered in \(timeoutMilliseconds) ms")
                // Destroying it now would wait for the broker, for ever where that stays away.
                connection.client.setOutliving(true)
                break
            }
            guard let event = connection.events.poll(milliseconds: 20) else { continue }
            if event.kind == RD_KAFKA_EVENT_REBALANCE { try? rebalance(event, on: connection) }
        }
    }

    deinit {
        close()
    }
}

extension KafkaMessage {
    /// - Parameter maximumBytes: a longer key or value is left out.
    init(copying raw: UnsafePointer<rd_kafka_message_t>, topic: String, maximumBytes: Int) {
        let message = raw.pointee
        func bytes(_ pointer: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8]? {
            guard count <= maximumBytes, let pointer else { return nil }
            return Array(UnsafeRawBufferPointer(start: pointer, count: count))
        }
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = rd_kafka_message_timestamp(raw, &kind)
        let largest = max(message.len, message.key_len)
        self.init(
            topic: topic, partition: Int(message.partition), offset: message.offset, key: bytes(message.key, message.key_len),
            value: bytes(message.payload, message.len), oversizedBytes: largest > maximumBytes ? largest : nil,
            timestamp: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : timestamp)
    }
}
