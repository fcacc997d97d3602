import CRdkafka
package import Diagnostics
package import Logging
import Synchronization

/// What became of a message that was sent.
package enum Delivery: Sendable {
    /// All in-sync replicas have it.
    case acknowledged(partition: Int, offset: Int64)
    /// It was not acknowledged; unless the failure is permanent, it may have arrived all the same.
    case failed(Failure)

    package var isAcknowledged: Bool {
        if case .acknowledged = self { true } else { false }
    }
}

/// An idempotent producer that waits until every in-sync replica has a message (`acks=all`).
///
/// All calls block; one that comes while another thread sends waits for it.
package final class KafkaProducer: Sendable {
    private let configuration: KafkaConfiguration
    private let logger: Logger
    private let connection: Mutex<ProducerConnection?>

    /// - Throws: `kafka.property`.
    package init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        connection = Mutex(try ProducerConnection(configuration, logger: logger))
    }

    /// Sends messages and waits for their acknowledgements, at most `timeoutMilliseconds`.
    ///
    /// Where more are sent than librdkafka holds at once, the rest waits for the first to be acknowledged.
    /// - Returns: for each message, in order, what became of it.
    /// - Throws: `kafka.property`, where a broken client cannot be replaced.
    package func deliver(_ messages: [OutgoingMessage], timeoutMilliseconds: Int = 20_000) throws -> [Delivery] {
        try connection.withLock { connection in
            let current = try connection ?? ProducerConnection(configuration, logger: logger)
            let deliveries = current.deliver(messages, timeoutMilliseconds: timeoutMilliseconds)
            // A client with a fatal error refuses everything from then on: the next call makes a new one.
            connection = current.client.fatalFailure("") == nil ? current : nil
            return deliveries
        }
    }

    /// Sends messages and waits for their acknowledgements, at most `timeoutMilliseconds`. What failed is logged.
    /// - Returns: for each message whether it was acknowledged. One that was not may have arrived all the same.
    /// - Throws: `kafka.property`, where a broken client cannot be replaced.
    package func send(_ messages: [OutgoingMessage], timeoutMilliseconds: Int = 20_000) throws -> [Bool] {
        let deliveries = try deliver(messages, timeoutMilliseconds: timeoutMilliseconds)
        let failures = deliveries.compactMap { if case .failed(let failure) = $0 { failure } else { nil } }
        if let first = failures.first {
            logger.warning("\(failures.count) of \(messages.count.counted("message")) were not delivered, the first: \(first)")
        }
        return deliveries.map(\.isAcknowledged)
    }
}
