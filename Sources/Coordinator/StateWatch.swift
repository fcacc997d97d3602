internal import Evaluation
internal import EvaluationStore

/// Reports to watchers what runs and workers did between two polls. What happened before the first poll is not reported.
struct StateWatch {
    private var isFirstLook = true
    private var runs: [RunID: RunState] = [:]
    private var newestWorker: Int64 = 0
    private var presentWorkers: Set<Int64> = []

    /// Events since the last poll.
    mutating func look(_ store: EvaluationStore) throws -> [EvaluationEvent] {
        let events = try lookAtRuns(store) + lookAtWorkers(store)
        defer { isFirstLook = false }
        return isFirstLook ? [] : events
    }

    private mutating func lookAtRuns(_ store: EvaluationStore) throws -> [EvaluationEvent] {
        let states = try store.queue.runStates(watched: runs.keys.sorted())
        let events = states.sorted { $0.key < $1.key }.compactMap { run, state -> EvaluationEvent? in
            switch (runs[run], state) {
            case (nil, .running): .runStarted(run)
            case (.running, .paused): .runPaused(run)
            case (.paused, .running): .runResumed(run)
            case (.some, .cancelled): .runCancelled(run)
            default: nil
            }
        }
        runs = states.filter { !$0.value.isTerminal }
        return events
    }

    private mutating func lookAtWorkers(_ store: EvaluationStore) throws -> [EvaluationEvent] {
        var events: [EvaluationEvent] = []
        for worker in try store.queue.workerStates(above: newestWorker, watched: presentWorkers.sorted()) {
            newestWorker = max(newestWorker, worker.id)
            let isPresent = worker.state == .running || worker.state == .draining
            switch (presentWorkers.contains(worker.id), isPresent) {
            case (false, true): events.append(.workerJoined(worker.id, host: worker.host))
            case (true, false) where worker.state == .gone: events.append(.workerGone(worker.id, host: worker.host))
            case (true, false): events.append(.workerStopped(worker.id, host: worker.host))
            default: break
            }
            if isPresent { presentWorkers.insert(worker.id) } else { presentWorkers.remove(worker.id) }
        }
        return events
    }
}
