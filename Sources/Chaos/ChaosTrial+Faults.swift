internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import KafkaMock
internal import Reports

extension ChaosTrial {
    /// Begins or ends one fault.
    func carryOut(_ step: FaultPlan.Step, begins: Bool, time: Double) throws {
        let worker = fleet.workers.lowerBound + step.target % fleet.workers.count
        let coordinator = fleet.coordinators.lowerBound + step.target % fleet.coordinators.count
        let isAtWork = try begins && step.kind.strikesWorker && findWork(of: worker)
        var what = ""
        var happened = true
        switch step.kind {
        case .workerKilled:
            what = fleet.name(worker) + (isAtWork ? " at work" : "")
            begins ? fleet.end(worker) : try fleet.restart(worker)
        case .workerDrained:
            what = fleet.name(worker) + (isAtWork ? " at work" : "")
            begins ? fleet.drain(worker) : try fleet.restart(worker)
        case .coordinatorKilled:
            what = fleet.name(coordinator)
            begins ? fleet.end(coordinator) : try fleet.restart(coordinator)
        case .workerStopped:
            what = fleet.name(worker) + (isAtWork ? " at work" : "")
            fleet.send(begins ? SIGSTOP : SIGCONT, to: worker)
        case .coordinatorStopped:
            what = fleet.name(coordinator)
            fleet.send(begins ? SIGSTOP : SIGCONT, to: coordinator)
        case .databaseCrashed, .databaseRestarted:
            if begins {
                happened = try services.stopDatabase(immediately: step.kind == .databaseCrashed)
            } else {
                try services.startDatabase()
            }
        case .connectionsDropped:
            what = "\(proxy.dropConnections()) connections"
        case .databaseUnreachable: proxy.faults.setStalled(begins)
        case .databaseSlow:
            what = "\(step.amount) ms"
            proxy.faults.setDelay(milliseconds: begins ? step.amount : 0)
        case .copyCut, .commitLost, .commitUnanswered:
            what = "the next \(step.amount)"
            proxy.faults.arm(Self.cut(of: step.kind), count: step.amount)
            // Those that really happen are counted at the end.
            happened = false
        case .brokerDown: services.broker?.setDown(begins)
        case .brokerReplaced: try services.replaceBroker()
        case .brokerSlow:
            what = "\(step.amount) ms"
            services.broker?.setRoundTrip(milliseconds: begins ? step.amount : 0)
        case .brokerErrors:
            let requests: [MockBroker.Request] = [.produce, .fetch, .heartbeat, .offsetCommit, .joinGroup, .metadata]
            let request = requests[step.target % requests.count]
            // A member that joins must not be cut off, see brokerDown.
            let faults: [MockBroker.Fault] =
                request == .joinGroup
                ? [.coordinatorNotAvailable, .rebalanceInProgress]
                : [.disconnect, .requestTimedOut, .notLeader, .coordinatorNotAvailable]
            what = "\(step.amount) to \(request)"
            services.broker?.failNext(request, with: (0..<step.amount).map { faults[($0 + step.target) % faults.count] })
        case .messagesDuplicated:
            let sent = meddler?.duplicate(step.amount, &generator) ?? 0
            what = "\(sent) messages"
            happened = sent > 0
        case .messagesForged:
            let sent = meddler?.forge(step.amount, &generator) ?? 0
            what = "\(sent) messages"
            happened = sent > 0
        case .workerDrainAsked:
            what = fleet.name(worker) + (isAtWork ? " at work" : "")
            if begins { happened = askToDrain(worker) } else { try fleet.restart(worker) }
        case .runPaused, .runCancelled, .runRetried, .runPrioritized:
            let steered = steer(step, begins: begins)
            what = steered.map { "run \($0)" } ?? "no run"
            happened = steered != nil
        case .messagesLost:
            if begins { try meddler?.startThieving() } else { meddler?.stopThieving() }
            what = begins ? "" : "\(meddler?.stolenMessages ?? 0) so far"
        }
        if begins && happened { outcome.faults[step.kind.rawValue, default: 0] += 1 }
        report("\(NumberText.fixed(time, 1)) s  \(step.kind.rawValue)\(begins ? "" : " is over")\(what.isEmpty ? "" : ": \(what)")")
    }

    /// Waits until a worker computes a shard, two seconds at most: ending an idle one would try little.
    /// - Returns: whether it does.
    private func findWork(of worker: Int) throws -> Bool {
        guard let process = fleet.processID(worker) else { return false }
        try keepRunsGoing()
        let deadline = Deadline(in: .seconds(2))
        let isComputing = try? services.withStore { store in
            while !deadline.isPast {
                if try store.answers.isComputing(processID: process) { return true }
                usleep(1_000)
            }
            return false
        }
        return isComputing ?? false
    }

    private static func cut(of kind: FaultKind) -> LinkFaults.Cut {
        switch kind {
        case .copyCut: .inCopy
        case .commitLost: .beforeCommit
        default: .afterCommit
        }
    }
}
