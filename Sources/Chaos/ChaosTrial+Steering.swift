internal import Evaluation
internal import EvaluationStore

/// What an operator may do while everything fails: each beside workers, coordinators and faults.
extension ChaosTrial {
    /// Steers one of the runs that are under way; what lasts is taken back for the same run at the step's end.
    /// - Returns: the run; nil where there is none, it ended meanwhile, or the database is away.
    func steer(_ step: FaultPlan.Step, begins: Bool) -> RunID? {
        try? services.withStore { store -> RunID? in
            guard let run = begins ? activeRun(step.target) : steered.removeValue(forKey: step) else { return nil }
            switch (step.kind, begins) {
            case (.runPaused, true): try store.queue.steer(run, .pause)
            case (.runPaused, false): try store.queue.steer(run, .resume)
            case (.runCancelled, true): try store.queue.steer(run, .cancel)
            case (.runCancelled, false): _ = try store.queue.reopen(run)
            case (.runPrioritized, _): try store.queue.setPriority(of: run, to: step.target - 6)
            default:
                _ = try store.queue.retryDead(run, shards: nil)
                _ = try store.queue.reopen(run)
            }
            if begins, step.end > step.start { steered[step] = run }
            return run
        }
    }

    /// Asks a worker through the database to end.
    func askToDrain(_ member: Int) -> Bool {
        guard let process = fleet.processID(member) else { return false }
        let isAsked = try? services.withStore { store -> Bool in
            guard let worker = try store.queue.workers().last(where: { $0.processID == Int(process) && $0.state == .running }) else {
                return false
            }
            fleet.noteMayEnd(member)
            try store.queue.requestDrain(of: worker.id)
            return true
        }
        return isAsked ?? false
    }

    /// Sets all runs to go on that steering left paused or cancelled.
    func letRunsGoOn() throws {
        steered = [:]
        try services.withStore { store in
            for run in runs {
                switch try store.queue.run(run.id).state {
                case .paused: try store.queue.steer(run.id, .resume)
                case .cancelled: _ = try store.queue.reopen(run.id)
                case .running, .finished: break
                }
            }
        }
    }

    private func activeRun(_ target: Int) -> RunID? {
        let active = runs.filter { !$0.hasEnded }
        return active.isEmpty ? nil : active[target % active.count].id
    }
}
