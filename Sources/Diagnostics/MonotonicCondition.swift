internal import Glibc

/// A lock, and waiting for what it guards to change. Unlike `NSCondition`, its waits end on time when somebody sets the wall clock.
public final class MonotonicCondition: @unchecked Sendable {
    public let clock: SteadyClock
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    public init(clock: SteadyClock = .system) {
        self.clock = clock
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    @discardableResult
    public func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Wakes all who wait.
    public func broadcast() {
        pthread_cond_broadcast(condition)
    }

    /// Waits for ``broadcast()``; to be called in ``locked(_:)``. May return without one.
    public func wait() {
        pthread_cond_wait(condition, mutex)
    }

    /// Waits for ``broadcast()`` until `deadline`; to be called in ``locked(_:)``.
    /// - Returns: false once the deadline has come. True may mean nothing.
    @discardableResult
    public func wait(until deadline: Deadline) -> Bool {
        let left = deadline.left
        guard left > .zero else { return false }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let (seconds, attoseconds) = min(left, deadline.clock.longestNap ?? .seconds(3600)).components
        let nanoseconds = time.tv_nsec + Int(attoseconds / 1_000_000_000)
        time.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &time)
        return !deadline.isPast
    }
}
