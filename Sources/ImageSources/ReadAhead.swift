internal import Diagnostics
internal import Foundation

/// Reads pieces on threads of its own, and hands them out in order: what comes next is there before it is asked for.
///
/// As many pieces are read ahead as there are readers, but not more than ``memoryLimit`` bytes, or one piece. The threads end when all is read,
/// or after the piece they are at when the last reference goes.
final class ReadAhead: Sendable {
    /// Bytes that are read and not taken, at most, where one piece has not more.
    static let memoryLimit = 64 << 20

    private let shared: Shared

    /// - Parameters:
    ///   - sizes: bytes of each piece.
    ///   - readers: pieces that are read at the same time.
    ///   - read: gives a piece, on one of the threads; what it throws is thrown when that piece is asked for.
    init(sizes: [Int], readers: Int, read: @escaping @Sendable (Int) throws -> [UInt8]) {
        shared = Shared(sizes: sizes, window: 2 * readers)
        for index in 0..<min(readers, sizes.count) {
            let thread = Thread { [shared] in
                while let piece = shared.nextToRead() { shared.finish(piece, Result { try read(piece) }) }
            }
            thread.name = "reader-\(index)"
            thread.start()
        }
    }

    deinit {
        shared.stop()
    }

    /// The next piece, nil behind the last; waits until it is there.
    func next() throws -> [UInt8]? { try shared.take() }

    /// What the threads and the consumer share.
    private final class Shared: @unchecked Sendable {
        private let condition = NSCondition()
        private let sizes: [Int]
        private let window: Int
        private var results: [Int: Result<[UInt8], any Error>] = [:]
        private var started = 0
        private var taken = 0
        /// Bytes of pieces that were started and not taken.
        private var bytes = 0
        private var isStopped = false

        init(sizes: [Int], window: Int) {
            self.sizes = sizes
            self.window = window
        }

        func nextToRead() -> Int? {
            condition.lock()
            defer { condition.unlock() }
            while true {
                guard !isStopped, started < sizes.count else { return nil }
                let hasRoom = started - taken < window && bytes + sizes[started] <= ReadAhead.memoryLimit
                if hasRoom || started == taken { break }
                condition.wait()
            }
            bytes += sizes[started]
            started += 1
            return started - 1
        }

        func finish(_ piece: Int, _ result: Result<[UInt8], any Error>) {
            condition.lock()
            defer { condition.unlock() }
            results[piece] = result
            condition.broadcast()
        }

        func take() throws -> [UInt8]? {
            condition.lock()
            defer { condition.unlock() }
            guard taken < sizes.count else { return nil }
            while results[taken] == nil { condition.wait() }
            let result = results.removeValue(forKey: taken)
            bytes -= sizes[taken]
            taken += 1
            condition.broadcast()
            return try result?.get()
        }

        func stop() {
            condition.lock()
            defer { condition.unlock() }
            isStopped = true
            condition.broadcast()
        }
    }
}
