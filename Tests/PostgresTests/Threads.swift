import Foundation
import Synchronization

/// Blocking work on threads of its own.
enum Threads {
    // Each closure runs on exactly one thread, and the caller waits for both.
    private struct Unchecked<T>: @unchecked Sendable {
        let value: T
    }

    /// Runs `first` on this thread and `second` on another one at the same time.
    static func pair<T>(_ first: () throws -> T, and second: @escaping () throws -> Void) throws -> T {
        let work = Unchecked(value: second)
        let other = Results<Void>()
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let result = Result { try work.value() }
            other.values.withLock { $0[0] = result }
            done.signal()
        }
        let result = Result { try first() }
        done.wait()
        try other.values.withLock { try $0[0]?.get() }
        return try result.get()
    }

    private final class Results<T: Sendable>: Sendable {
        let values = Mutex<[Int: Result<T, any Error>]>([:])
    }

    /// Runs `body` on `count` threads at the same time.
    /// - Returns: Their results in order.
    static func run<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) throws -> T) throws -> [T] {
        let results = Results<T>()
        let done = DispatchSemaphore(value: 0)
        for index in 0..<count {
            Thread.detachNewThread {
                let result = Result { try body(index) }
                results.values.withLock { $0[index] = result }
                done.signal()
            }
        }
        for _ in 0..<count { done.wait() }
        return try results.values.withLock { values in try (0..<count).compactMap { try values[$0]?.get() } }
    }
}
