package import Evaluation
package import EvaluationStore

/// A coordinator's end of a ``JobTransport``, for one thread. All calls may block for seconds.
package protocol JobSender: AnyObject {
    /// Maintains the transport, and learns what is outstanding. To be called before each round of offers.
    func attend(_ fleet: FleetSnapshot)

    /// Offers jobs to workers.
    /// - Returns: for each whether it was certainly delivered; one that was not may have been all the same.
    func offer(_ jobs: [JobMessage]) throws -> [Bool]

    /// Whether an offer can be lost, or lie where only a busy worker reads, so that one that nobody takes has to be made again.
    var mayLoseOffers: Bool { get }

    /// Tells watchers. Losing an event loses nothing.
    func announce(_ events: [EvaluationEvent]) throws

    /// Tells watchers of shards that were given up.
    /// - Returns: for each whether it was certainly delivered.
    func report(_ letters: [DeadLetter]) throws -> [Bool]
}
