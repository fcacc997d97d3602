/// States of a shard.
package enum ShardState: String, Sendable, Hashable, CaseIterable, Codable {
    /// Waits in the database to be published.
    case pending
    /// A job message for it was sent; no worker has claimed it yet.
    case published
    /// A worker holds a lease on it.
    case running
    /// Its rows are stored.
    case done
    /// Its images belong to two smaller shards now.
    case split
    /// Its attempts are used up; its images are failures.
    case dead
    /// Its run was cancelled before it was done.
    case cancelled

    /// Whether nothing more happens to the shard by itself.
    package var isTerminal: Bool { self == .done || self == .split || self == .dead || self == .cancelled }
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

    /// Halves of a range of at least two images, the first one not smaller.
    package var halves: (ShardRange, ShardRange) {
        precondition(imageCount > 1, "a shard of one image cannot be split")
        let first = (imageCount + 1) / 2
        return (
            ShardRange(firstOrdinal: firstOrdinal, imageCount: first),
            ShardRange(firstOrdinal: firstOrdinal + first, imageCount: imageCount - first)
        )
    }

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

/// A granted claim: the right to store a shard's rows, until a newer token fences it off.
package struct Lease: Sendable, Hashable {
    package var attempt: ShardAttempt
    package var range: ShardRange
    /// UUID that the worker made for this claim.
    package var token: String
    /// Whether a worker was lost with the shard before, so that it has to be computed with nothing beside it.
    package var isSuspect: Bool
    /// Whether another worker has the shard too.
    package var isBackup: Bool

    package init(attempt: ShardAttempt, range: ShardRange, token: String, isSuspect: Bool = false, isBackup: Bool = false) {
        self.attempt = attempt
        self.range = range
        self.token = token
        self.isSuspect = isSuspect
        self.isBackup = isBackup
    }
}
