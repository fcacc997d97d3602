internal import Diagnostics
internal import EvaluationStore
internal import Logging

/// Tells the other threads whether there is anything to do, on a session of its own: while there is not, they look at the database seldom,
/// and when a run is made or steered they look at once.
struct WorkWatch {
    let store: EvaluationStore
    let signal: StopSignal
    let logger: Logger
    /// Between two looks while there is work, and for how long there has to be none before the others rest.
    private static let busyInterval = 2.0
    /// The longest wait for news while there is none: what a lost connection may have kept from us is found then.
    private static let idleInterval = Duration.seconds(10)

    init(store: EvaluationStore, signal: StopSignal, logger: Logger) {
        self.store = store
        self.signal = signal
        self.logger = logger
    }

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

    /// One look. Comes back at once where there is work, and with news or after a while where there is none.
    private func look() throws {
        // Before looking: what happens between the look and the wait is told as well.
        let isTold = try store.queue.listenForRuns()
        guard try !store.queue.hasWork() else { return signal.setIdle(false) }
        guard signal.isIdle else {
            // The others finish what they have seen, such as events of the last run's end.
            guard signal.pause(seconds: Self.busyInterval), try !store.queue.hasWork() else { return }
            return signal.setIdle(true)
        }
        let deadline = Deadline(in: isTold ? Self.idleInterval : .seconds(1))
        // In slices, to hear soon that the coordinator is to end.
        while signal.goesOn, !deadline.isPast {
            if try store.queue.waitForRuns(atMost: .milliseconds(500)) { return signal.setIdle(false) }
        }
    }
}
