internal import Diagnostics
internal import EvaluationStore
internal import Logging

/// Removes, once an hour, what nothing refers to any more: workers that ended long ago, and checkpoints that no model names.
struct Housekeeping {
    private static let interval = Duration.seconds(3600)
    private let store: EvaluationStore
    private let clock: SteadyClock
    private let logger: Logger
    private var next: Deadline

    init(store: EvaluationStore, clock: SteadyClock, logger: Logger) {
        self.store = store
        self.clock = clock
        // Not at once: coordinators that start again and again would do nothing else.
        next = Deadline(in: .seconds(60), on: clock)
        self.logger = logger
    }

    mutating func round() throws {
        guard next.isPast else { return }
        next = Deadline(in: Self.interval, on: clock)
        let workers = try store.queue.removeOldWorkers()
        if workers > 0 { logger.info("\(workers.counted("worker")) that ended long ago \(workers.agreeing("is", "are")) off the list") }
        try store.catalogue.removeUnnamedCheckpoints()
    }
}
