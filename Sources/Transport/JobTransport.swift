package import EvaluationStore
package import Logging

/// The way that jobs take from the coordinator to the workers: through Kafka, or through the database itself. The database decides who has a
/// job either way; a transport only says that there may be one.
package protocol JobTransport: Sendable {
    /// The coordinator's end. Blocks until it can be used.
    /// - Throws: what keeps a coordinator from starting: no broker, a bad property, a topic that cannot be made.
    func makeSender(store: EvaluationStore, logger: Logger) throws -> any JobSender

    /// A worker's end, for one thread. Returns at once.
    /// - Parameters:
    ///   - store: on the session that the worker claims with.
    ///   - noteUndecodable: called with each message that is no offer, with where it stands and why it cannot be read.
    /// - Throws: what is wrong with how the transport is set up.
    func makeReceiver(
        store: EvaluationStore, logger: Logger, noteUndecodable: @escaping @Sendable (_ source: String, _ reason: String) -> Void
    ) throws -> any JobReceiver

    /// Waits for the transport to be there, as a program does at its start.
    /// - Throws: what is away or set up wrongly.
    func requireReachable(logger: Logger) throws

    /// Makes what looks at the transport for `/metrics` and `/readyz`, on the one thread that will use it.
    func makeMonitor(store: EvaluationStore, logger: Logger) throws -> any TransportMonitor
}

/// Monitors a transport.
package protocol TransportMonitor: AnyObject {
    /// What the transport is, as `/readyz` names it.
    var name: String { get }
    /// How many offers wait, by where they do.
    func lag() throws -> TransportLag
    /// - Throws: what does not work.
    func check() throws
}

/// How far workers are behind.
package struct TransportLag: Sendable, Hashable {
    /// The topic, or the table.
    package var source: String
    package var waiting: Int
    /// Lanes that offers are spread over.
    package var lanes: Int
}
