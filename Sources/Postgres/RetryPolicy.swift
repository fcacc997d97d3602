import Diagnostics
import Glibc

/// How long and how often to try again: exponential back-off with jitter, up to a total time.
package struct RetryPolicy: Sendable {
    /// The wait before the second attempt.
    package var initialDelay: Duration = .milliseconds(100)
    /// The longest wait between two attempts.
    package var maximumDelay: Duration = .seconds(5)
    /// After this time in all, the last failure is thrown.
    package var totalTime: Duration

    package init(totalTime: Duration = .seconds(60)) {
        self.totalTime = totalTime
    }

    /// The wait after attempt number `attempt` (from 0), before jitter.
    func delay(after attempt: Int) -> Duration {
        min(initialDelay * (1 << min(attempt, 20)), maximumDelay)
    }

    /// Sleeps between half the delay and all of it, so that many workers do not come back at the same moment; in short pieces, to hear
    /// `isStopping` soon.
    /// - Returns: `false` where there is no time left or `isStopping` became true.
    func waitAgain(after attempt: Int, until deadline: Deadline, isStopping: () -> Bool) -> Bool {
        let delay = delay(after: attempt) * Double.random(in: 0.5...1)
        guard delay < deadline.left else { return false }
        let wakeTime = Deadline(in: delay)
        while !wakeTime.isPast {
            if isStopping() { return false }
            usleep(UInt32(min(20, wakeTime.left.milliseconds)) * 1000)
        }
        return !isStopping()
    }
}
