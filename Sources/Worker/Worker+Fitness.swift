internal import Diagnostics
internal import Evaluation
internal import Logging
internal import Telemetry

extension Worker {
    /// Between two checks of what may change while the worker runs.
    private static let lookInterval = Duration.seconds(5)

    /// Checks periodically, on a thread of its own, whether the worker can work; what it lacks is reported with the next heartbeat.
    func watchFitness() {
        while board.stopState == .none {
            let next = Deadline(in: Self.lookInterval, on: clock)
            while !next.isPast, board.stopState == .none { board.wait(until: next) }
            lookAtMachine(isFirst: false)
        }
    }

    /// Checks whether the cache can be written and memory is left.
    /// - Parameter isFirst: at the start the cache is looked at in any case, later only while something is wrong with it.
    func lookAtMachine(isFirst: Bool) {
        if isFirst || fitness.has(.cache) { note(.cache, cacheProbe.problem()) }
        note(.memory, MemoryProbe.problem())
        metrics.fit.set(fitness.canWork ? 1 : 0)
        guard isFirst else { return }
        for name in cacheProbe.oddEntries() { logger.error("\(cacheProbe.directory)/\(name) is no file: its model cannot be used") }
    }

    private func note(_ obstacle: Fitness.Obstacle, _ problem: String?) {
        let was = fitness.has(obstacle)
        if let problem, !was { logger.error("this worker claims nothing: \(problem)") }
        if was, problem == nil { logger.notice("nothing is wrong with the worker's \(obstacle.rawValue) any more") }
        fitness.set(obstacle, problem)
    }
}
