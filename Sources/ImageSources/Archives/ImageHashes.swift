internal import Crypto
internal import Diagnostics
internal import ImageInput

/// The hashes of one archive's images, which threads compute while the archive is read on.
struct ImageHashes {
    /// Images that lie together are hashed together, since small ones take no longer than handing them over. A batch keeps the parts of the
    /// archive in memory that it lies in, so it reaches no further than this.
    private static let batchBytes = 1 << 20
    /// Larger images are hashed as they are read.
    static let wholeLimit = 8 << 20

    private let threads: HashingThreads
    private let board = HashBoard()
    private var batch: [[ArraySlice<UInt8>]] = []
    /// The place in the archive where the batch begins.
    private var batchStart = 0
    private var count = 0

    init(_ threads: HashingThreads) {
        self.threads = threads
    }

    /// Takes an image of at most ``wholeLimit`` bytes; may wait for the threads.
    /// - Returns: its place in ``all()``.
    mutating func add(_ pieces: [ArraySlice<UInt8>], range: Range<Int>) -> Int {
        if range.upperBound - batchStart > Self.batchBytes { hashBatch() }
        if batch.isEmpty { batchStart = range.lowerBound }
        batch.append(pieces)
        count += 1
        return count - 1
    }

    /// Takes the hash of an image that was hashed elsewhere.
    /// - Returns: its place in ``all()``.
    mutating func add(_ hash: ContentHash) -> Int {
        hashBatch()
        board.finish(count, [hash])
        count += 1
        return count - 1
    }

    /// All hashes in the order in which the images came; waits for them.
    mutating func all() -> [ContentHash] {
        hashBatch()
        return board.results(count)
    }

    private mutating func hashBatch() {
        guard !batch.isEmpty else { return }
        let (images, first, board) = (batch, count - batch.count, self.board)
        batch = []
        threads.run {
            board.finish(
                first,
                images.map { pieces in
                    var hasher = SHA256()
                    for piece in pieces { hasher.update(data: piece) }
                    return ContentHash(finishing: hasher)
                })
        }
    }
}

/// Takes hashes in any order.
private final class HashBoard: @unchecked Sendable {
    private let condition = MonotonicCondition()
    private var batches: [Int: [ContentHash]] = [:]
    private var finished = 0

    /// - Parameter first: the place of the first of them.
    func finish(_ first: Int, _ hashes: [ContentHash]) {
        condition.locked {
            batches[first] = hashes
            finished += hashes.count
            condition.broadcast()
        }
    }

    /// The `count` hashes in their order; waits until all are there.
    func results(_ count: Int) -> [ContentHash] {
        condition.locked {
            while finished < count { condition.wait() }
            return batches.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }
}
