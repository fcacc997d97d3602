internal import Diagnostics
internal import EvaluationStore
internal import Logging

/// Tells the other threads whether there is work, on a session of its own: while they are idle they poll the database rarely,
/// and when a run is made or steered they poll it at once.
struct WorkWatch {
    let store: EvaluationStore
    let signal: StopSignal
    let clock: SteadyClock
    let logger: Logger
    /// Between two polls while there is work, and how long there has to be none before the others go idle.
    private static let busyInterval = 2.0
    /// The longest wait for a notification while idle: one that was lost with its connection is made up for then.
    private static let idleInterval = Duration.seconds(10)

    /// Until the coordinator ends. Blocks; for a thread of its own.
    func run() {
        while signal.waitToLead() {
            do {
                try look()
            } catch {
                signal.setIdle(false)
                logger.debug("whether there is work cannot be looked at: \(error)")
            }
            guard signal.isIdle || signal.pause(seconds: Self.busyInterval) else { return }
        }
    }

    /// One poll. Returns at once where there is work; else with the next notification, or after a while.
    private func look() throws {
        // Before the poll: what happens between it and the wait is notified as well.
        let isTold = try store.queue.listenForRuns()
        guard try !store.queue.hasWork() else { return signal.setIdle(false) }
        guard signal.isIdle else {
            // The others finish what they have seen, such as events of the last run's end.
            guard signal.pause(seconds: Self.busyInterval), try !store.queue.hasWork() else { return }
            return signal.setIdle(true)
        }
        let deadline = Deadline(in: isTold ? Self.idleInterval : .seconds(1), on: clock)
        // In slices, to hear soon that the coordinator is to end.
        while signal.goesOn, !deadline.isPast {
            if try store.queue.waitForRuns(atMost: .milliseconds(500)) { return signal.setIdle(false) }
        }
    }
}
