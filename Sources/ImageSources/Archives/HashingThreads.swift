internal import Diagnostics

/// Threads that hash images while others read archives. Few pieces of work wait at a time, so that memory is bounded: who gives more waits.
final class HashingThreads: Sendable {
    private let queue = WorkQueue()
    private let threads: [NamedThread]

    init(count: Int) {
        threads = (0..<max(1, count)).map { [queue] index in
            NamedThread("hash-\(index)") {
                while let work = queue.take() {
                    work()
                    queue.finish()
                }
            }
        }
    }

    /// Gives `work` to the next thread that is idle; waits while there is too much of it.
    func run(_ work: @escaping @Sendable () -> Void) { queue.add(work) }

    /// Ends the threads, after what they were given.
    func stop() {
        queue.close()
        for thread in threads { thread.join() }
    }
}

/// Pieces of work in their order.
private final class WorkQueue: @unchecked Sendable {
    /// Pieces of work that wait or are done at this moment.
    private static let limit = 12

    private let condition = MonotonicCondition()
    private var waiting: [@Sendable () -> Void] = []
    private var running = 0
    private var isClosed = false

    func add(_ work: @escaping @Sendable () -> Void) {
        condition.locked {
            while waiting.count + running >= Self.limit { condition.wait() }
            waiting.append(work)
            condition.broadcast()
        }
    }

    /// The next piece, nil where no more will come.
    func take() -> (@Sendable () -> Void)? {
        condition.locked {
            while waiting.isEmpty, !isClosed { condition.wait() }
            guard !waiting.isEmpty else { return nil }
            running += 1
            return waiting.removeFirst()
        }
    }

    func finish() {
        condition.locked {
            running -= 1
            condition.broadcast()
        }
    }

    func close() {
        condition.locked {
            isClosed = true
            condition.broadcast()
        }
    }
}
