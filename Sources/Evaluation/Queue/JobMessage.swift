package import Diagnostics
internal import FoundationEssentials

extension Failure.Code {
    /// A job message is null, too long, or not what ``JobMessage`` says.
    package static let undecodableMessage = Failure.Code("message.undecodable")
}

/// What a message on the topic of jobs says: this attempt of this shard is yours to try.
///
/// On the wire it is a JSON object: `{"version":1,"run":12,"shard":17,"attempt":2}`, with `"backup":true` where a second worker is invited
/// to a late shard. Unknown members are ignored, so that later programs can add some.
package struct JobMessage: Sendable, Hashable {
    /// Longest message that is looked at, in bytes.
    package static let maximumBytes = 4096

    package var attempt: ShardAttempt
    /// Whether another worker has the shard already, and is late.
    package var isBackup: Bool

    package init(_ attempt: ShardAttempt, isBackup: Bool = false) {
        self.attempt = attempt
        self.isBackup = isBackup
    }

    private struct Wire: Codable {
        var version: Int
        var run: Int64
        var shard: Int
        var attempt: Int
        var backup: Bool?
    }

    /// The message as bytes, the same for the same value.
    package func encoded() -> [UInt8] {
        let text = #"{"version":1,"run":\#(attempt.run),"shard":\#(attempt.shard),"attempt":\#(attempt.attempt)"#
        return Array((text + (isBackup ? #","backup":true}"# : "}")).utf8)
    }

    /// Reads a message's value.
    /// - Throws: `message.undecodable` with the reason; the bytes themselves are not quoted.
    package static func decode(_ bytes: [UInt8]?) throws -> JobMessage {
        func refuse(_ reason: String) -> Failure {
            Failure(.undecodableMessage, "a job message \(reason)", remedy: "only the coordinator should write to this topic")
        }
        guard let bytes else { throw refuse("has no value") }
        guard bytes.count <= maximumBytes else { throw refuse("has \(bytes.count) bytes, more than \(maximumBytes)") }
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(bytes)) else {
            throw refuse("is not a JSON object with version, run, shard and attempt")
        }
        guard wire.version == 1 else { throw refuse("has version \(wire.version); this program reads version 1") }
        let integers = Int64(0)...Int64(Int32.max)
        guard wire.run > 0, integers.contains(Int64(wire.shard)), wire.attempt > 0, integers.contains(Int64(wire.attempt)) else {
            throw refuse("names run \(wire.run), shard \(wire.shard), attempt \(wire.attempt), which cannot be")
        }
        return JobMessage(ShardAttempt(run: RunID(wire.run), shard: wire.shard, attempt: wire.attempt), isBackup: wire.backup ?? false)
    }
}
