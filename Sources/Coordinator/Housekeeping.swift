internal import Diagnostics
internal import EvaluationStore
internal import Logging

/// Removes, once an hour, what nobody refers to any more: workers of old, and checkpoints that no model names.
struct Housekeeping {
    private static let interval = Duration.seconds(3600)
    private let store: EvaluationStore
    private let logger: Logger
    /// Not at once: coordinators that start again and again would do nothing else.
    private var next = Deadline(in: .seconds(60))

    init(store: EvaluationStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    mutating func round() throws {
        guard next.isPast else { return }
        next = Deadline(in: Self.interval)
        let workers = try store.queue.removeOldWorkers()
        if workers > 0 { logger.info("\(workers.counted("worker")) that ended long ago \(workers.agreeing("is", "are")) off the list") }
        try store.catalogue.removeUnnamedCheckpoints()
    }
}
