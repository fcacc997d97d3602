package import Evaluation
internal import Kafka

/// A worker's end of a ``JobTransport``, for one thread but for ``wake()``.
package protocol JobReceiver: AnyObject, Sendable {
    /// The next offer, or nil where none came within some hundredths of a second. To be called repeatedly, also while none is wanted.
    ///
    /// What passes by itself is logged and not thrown.
    func receive(isWanted: Bool) throws -> ReceivedOffer?

    /// Says that an offer is decided, and whether it was granted.
    func acknowledge(_ offer: ReceivedOffer, isGranted: Bool)

    /// Whether offers come to this worker alone, so that it has to decline one that it lacks something of.
    var isExclusive: Bool { get }

    /// Why no offers come, where that is so and lasts.
    var problem: String? { get }

    /// Lets a ``receive(isWanted:)`` that wanted nothing return at once. May be called from any thread.
    func wake()

    /// Leaves; blocks, but not for long.
    func close()
}

/// An offer, with what the transport needs to acknowledge it.
package struct ReceivedOffer: Sendable, Hashable {
    package var offer: JobOffer
    var message: KafkaMessage?
}
