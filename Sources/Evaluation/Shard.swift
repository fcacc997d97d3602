/// States of a run.
package enum RunState: String, Sendable, Hashable, CaseIterable, Codable {
    case running, paused, finished, cancelled

    /// Whether no more rows of the run will be written.
    package var isTerminal: Bool { self == .finished || self == .cancelled }
}

/// States of a shard.
package enum ShardState: String, Sendable, Hashable, CaseIterable, Codable {
    /// Waits in the database to be published.
    case pending
    /// A job message for it was sent; nobody has claimed it.
    case published
    /// A worker holds a lease on it.
    case running
    /// Its rows are stored.
    case done
    /// Its images belong to two smaller shards now.
    case split
    /// Its attempts are used up; its images are failures.
    case dead

    /// Whether the shard's images are accounted for, here or in other shards.
    package var isTerminal: Bool { self == .done || self == .split || self == .dead }
}

/// A range of a manifest's images.
package struct ShardRange: Sendable, Hashable {
    package var firstOrdinal: Int
    package var imageCount: Int

    package init(firstOrdinal: Int, imageCount: Int) {
        self.firstOrdinal = firstOrdinal
        self.imageCount = imageCount
    }

    /// Ordinals of the images.
    package var ordinals: Range<Int> { firstOrdinal..<(firstOrdinal + imageCount) }

    /// Cuts `images` images into ranges of `size`; the last may be smaller.
    package static func cut(images: Int, size: Int) -> [ShardRange] {
        precondition(images >= 0 && size > 0)
        return stride(from: 0, to: images, by: size).map { first in
            ShardRange(firstOrdinal: first, imageCount: min(size, images - first))
        }
    }
}

/// One try of one shard: what a job message names.
package struct ShardAttempt: Sendable, Hashable, Codable {
    package var run: RunID
    package var shard: Int
    /// Counts from 1.
    package var attempt: Int

    package init(run: RunID, shard: Int, attempt: Int) {
        self.run = run
        self.shard = shard
        self.attempt = attempt
    }
}

/// A granted claim: the right to store a shard's rows, until somebody else is given a newer token.
package struct Lease: Sendable, Hashable {
    package var attempt: ShardAttempt
    package var range: ShardRange
    /// UUID made by the database for this claim.
    package var token: String

    package init(attempt: ShardAttempt, range: ShardRange, token: String) {
        self.attempt = attempt
        self.range = range
        self.token = token
    }
}
