internal import Diagnostics
internal import Foundation

extension Failure.Code {
    /// More is asked than can be answered soon.
    static let httpBusy = Failure.Code("http.busy")
}

/// A thread that owns what may only be used by one thread and blocks, such as a database session, and does with it what tasks ask for, in order.
final class BlockingThread<Resource>: @unchecked Sendable {
    /// What waits at most; more is refused.
    private static var capacity: Int { 64 }

    private let condition = NSCondition()
    private var jobs: [(Resource?, (any Error)?) -> Void] = []
    private var isStopping = false
    private var thread: NamedThread?

    /// - Parameter make: makes the resource on the thread, when it is first needed, and again after a failure.
    init(_ name: String, make: @escaping @Sendable () throws -> Resource) {
        thread = NamedThread(name) { [unowned self] in run(make) }
    }

    /// Calls `body` on the thread.
    /// - Throws: what `body` or making the resource throws; `http.busy`.
    func perform<Result: Sendable>(_ body: @escaping @Sendable (Resource) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = add { resource, error in
                guard let resource else { return continuation.resume(throwing: error ?? Self.busy) }
                continuation.resume(with: Swift.Result { try body(resource) })
            }
            if !isTaken { continuation.resume(throwing: Self.busy) }
        }
    }

    private static var busy: Failure {
        Failure(.httpBusy, "too much is asked at once", remedy: "ask again in a moment", recovery: .transient)
    }

    private func add(_ job: @escaping (Resource?, (any Error)?) -> Void) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isStopping, jobs.count < Self.capacity else { return false }
        jobs.append(job)
        condition.signal()
        return true
    }

    /// Ends the thread after what it does now, and waits for it. What waits is refused.
    func stop() {
        condition.lock()
        isStopping = true
        condition.signal()
        condition.unlock()
        thread?.join()
        thread = nil
    }

    private func next() -> ((Resource?, (any Error)?) -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty, !isStopping { condition.wait() }
        return isStopping ? nil : jobs.removeFirst()
    }

    private func run(_ make: () throws -> Resource) {
        var resource: Resource?
        while let job = next() {
            do {
                let owned = try resource ?? make()
                resource = owned
                job(owned, nil)
            } catch {
                job(nil, error)
            }
        }
        condition.lock()
        let refused = jobs
        jobs = []
        condition.unlock()
        refused.forEach { $0(nil, nil) }
    }
}
