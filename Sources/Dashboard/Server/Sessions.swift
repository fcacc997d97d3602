internal import Crypto
internal import Foundation
internal import Synchronization

/// Browsers that have shown the token. They keep a random text instead of it, which opens the pages until it is given back, its time is over, or the
/// program ends.
package final class Sessions: Sendable {
    /// How long a browser stays signed in.
    package static let seconds = 12 * 3600
    /// How many stay signed in; of more the oldest goes.
    package static let limit = 1000

    /// When each ends, by the hash of what its browser keeps.
    private let ends = Mutex<[SHA256Digest: ContinuousClock.Instant]>([:])

    package init() {}

    /// Begins a session.
    /// - Returns: What the browser keeps.
    package func begin(now: ContinuousClock.Instant = .now) -> String {
        let text = SymmetricKey(size: .bits256).withUnsafeBytes { bytes in
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        ends.withLock { ends in
            ends = ends.filter { $0.value > now }
            if ends.count >= Self.limit, let oldest = ends.min(by: { $0.value < $1.value }) { ends[oldest.key] = nil }
            ends[Self.digest(text)] = now + .seconds(Self.seconds)
        }
        return text
    }

    /// Whether `text` is of a session that has not ended.
    package func contains(_ text: String, now: ContinuousClock.Instant = .now) -> Bool {
        ends.withLock { $0[Self.digest(text)] }.map { $0 > now } ?? false
    }

    package func end(_ text: String) {
        ends.withLock { $0[Self.digest(text)] = nil }
    }

    private static func digest(_ text: String) -> SHA256Digest { SHA256.hash(data: Data(text.utf8)) }
}
