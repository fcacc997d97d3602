import Diagnostics
import Synchronization
import Testing

@Suite struct DeadlineTests {
    @Test func `a deadline is past once its clock has come to it, and a wait for it ends then`() {
        let time = Mutex(ContinuousClock.now)
        let clock = SteadyClock(longestNap: .milliseconds(1)) { time.withLock { $0 } }
        let deadline = Deadline(in: .seconds(5), on: clock)
        #expect(!deadline.isPast && deadline.left == .seconds(5))
        #expect(deadline.later(by: .seconds(2)).left == .seconds(7))
        let condition = MonotonicCondition(clock: clock)
        condition.locked { #expect(condition.wait(until: deadline)) }
        time.withLock { $0 += .seconds(6) }
        #expect(deadline.isPast && deadline.left == .zero)
        #expect(!deadline.later(by: .seconds(2)).isPast)
        condition.locked { #expect(!condition.wait(until: deadline)) }
    }

    @Test func `milliseconds are rounded up, and are none where time has passed and many where it is long`() {
        #expect([Duration.nanoseconds(1), .milliseconds(7), .seconds(-1), .seconds(1 << 40)].map(\.milliseconds) == [1, 7, 0, Int32.max])
    }
}
