internal import Diagnostics

/// What a failed attempt says about the next one.
package enum FailureClass: String, Sendable, Hashable, CaseIterable, Codable {
    /// Something around the shard was missing: a database, a broker, a data set's folder on one machine. Says nothing about the shard.
    case transient
    /// The shard's own input is bad; another worker will most likely find the same.
    case permanent
    /// Nobody knows: the worker crashed, hung or vanished, perhaps because of an image, perhaps not.
    case unknown

    /// The class of what a worker caught.
    package init(of error: any Error) {
        guard let failure = error as? Failure else {
            self = .unknown
            return
        }
        self = failure.recovery == .transient ? .transient : .permanent
    }
}
