internal import Diagnostics
package import Evaluation
package import EvaluationStore
internal import Fleet
internal import Foundation
internal import Kafka
package import Logging
internal import Postgres

/// Runs that a trial submits again and again.
package struct ChaosWorkload {
    package var name: String
    package var images: Int
    /// Makes a run with the given number of images per shard.
    package var submit: (EvaluationStore, Int) throws -> RunID

    package init(name: String, images: Int, submit: @escaping (EvaluationStore, Int) throws -> RunID) {
        self.name = name
        self.images = images
        self.submit = submit
    }
}

/// Lets a fleet work while everything that can go wrong does, and compares what it stored with what a quiet fleet stored.
package final class ChaosTrial {
    /// A run and what is known of it.
    struct SubmittedRun {
        var id: RunID
        var workload: Int
        var hasEnded = false
    }

    private let seed: UInt64
    private let minutes: Double
    let services: ChaosServices
    let workloads: [ChaosWorkload]
    let plan: FaultPlan
    let proxy: FaultProxy
    let fleet: ChaosFleet
    /// Nil where there are no messages to meddle with.
    let meddler: JobMeddler?
    let report: (String) -> Void
    var generator: SeededGenerator
    var outcome: ChaosOutcome
    var runs: [SubmittedRun] = []
    /// Runs that a fault has in a state that its end takes back.
    var steered: [FaultPlan.Step: RunID] = [:]
    /// Digests of what a quiet fleet stored, by workload.
    var references: [String] = []

    /// Runs that are not over, at most.
    private static let activeRuns = 2
    /// After the last fault, how long runs may take to end, in seconds.
    static let patience: Double = 240

    /// - Parameters:
    ///   - folder: a private folder with a short path, for sockets and logs.
    ///   - report: told what is done and found, for a person.
    package init(
        seed: UInt64, minutes: Double, services: ChaosServices, workloads: [ChaosWorkload], folder: String, logger: Logger,
        report: @escaping (String) -> Void
    ) throws {
        self.seed = seed
        self.minutes = minutes
        self.services = services
        self.workloads = workloads
        self.report = report
        let kinds = FaultKind.allCases.filter { kind in
            switch kind.needs {
            case .nothing: true
            case .ownDatabase: services.cluster != nil
            case .ownBroker: services.broker != nil
            case .messages: services.kafka != nil
            }
        }
        plan = FaultPlan(seed: seed, seconds: minutes * 60, kinds: kinds)
        generator = SeededGenerator(seed: seed &+ 1)
        outcome = ChaosOutcome(seed: seed, minutes: minutes)
        proxy = try FaultProxy(at: .unix(folder + "/.s.PGSQL.5432"), to: services.databaseEndpoint(), content: .postgres)
        fleet = ChaosFleet(
            coordinators: 2, workers: 3, arguments: DaemonArguments(kafka: services.kafka),
            database: services.database.with("host", folder).with("port", "5432"), folder: folder, report: report)
        meddler = try services.kafka.map { try JobMeddler($0.configuration, topics: $0.topics, logger: logger) }
    }

    /// Does it all; blocks for the trial's minutes and some more.
    /// - Parameter check: called now and then; what it throws ends the trial.
    package func run(check: () throws -> Void) throws -> ChaosOutcome {
        defer {
            meddler?.close()
            proxy.close()
        }
        try fleet.start(fleet.coordinators)
        try fleet.start(fleet.workers)
        try findReferences(check)
        try disturb(check)
        try heal()
        try awaitEnd(check)
        try services.withStore { store in
            for run in runs { try examine(run, store) }
        }
        fleet.stop()
        outcome.unexpectedExits = fleet.unexpectedExits
        outcome.runs = runs.count
        outcome.images = runs.reduce(0) { $0 + workloads[$1.workload].images }
        return outcome
    }

    /// Notes programs that ended by themselves. A broker that did so is a fault like others: the mock cluster aborts now and then.
    func supervise() throws {
        try fleet.supervise()
        if try services.replaceEndedBroker() {
            outcome.faults["broker_crashed", default: 0] += 1
            report("the broker ended by itself; an empty one takes its place")
        }
    }

    /// Carries out the plan, and keeps runs going meanwhile.
    private func disturb(_ check: () throws -> Void) throws {
        report("\(plan.steps.count) faults in \(Int(minutes * 60)) s, by seed \(seed)")
        var events = plan.timeline[...]
        let start = ContinuousClock.now
        var nextLook: Double = 0
        while true {
            let time = (ContinuousClock.now - start) / .seconds(1)
            guard time < minutes * 60 else { break }
            try check()
            while let event = events.first, event.time <= time {
                events.removeFirst()
                try carryOut(event.step, begins: event.begins, time: time)
            }
            try supervise()
            if time >= nextLook {
                nextLook = time + 0.5
                try keepRunsGoing()
            }
            usleep(20_000)
        }
    }

    /// Submits a run where fewer than wanted are under way. The database may be away: then later.
    func keepRunsGoing() throws {
        do {
            try services.withStore { store in
                for index in runs.indices where !runs[index].hasEnded {
                    runs[index].hasEnded = try store.queue.run(runs[index].id).state == .finished
                }
                guard runs.count(where: { !$0.hasEnded }) < Self.activeRuns else { return }
                let index = runs.count % workloads.count
                let size = generator.integer(in: 4...40)
                let id = try workloads[index].submit(store, max(workloads[index].images / (size * 2), 1))
                runs.append(SubmittedRun(id: id, workload: index))
            }
        } catch let failure as Failure where failure.recovery == .transient {
            report("no run could be submitted: \(failure.code)")
        }
    }

    private func heal() throws {
        proxy.faults.clear()
        meddler?.stopThieving()
        services.broker?.setDown(false)
        services.broker?.setRoundTrip(milliseconds: 0)
        try services.startDatabase()
        try fleet.heal()
        try letRunsGoOn()
        for (cut, count) in proxy.faults.done { outcome.faults[Self.kind(of: cut).rawValue] = count }
        report("no more faults; \(runs.count(where: { !$0.hasEnded })) of \(runs.count) runs are under way")
    }

    private static func kind(of cut: LinkFaults.Cut) -> FaultKind {
        switch cut {
        case .inCopy: .copyCut
        case .beforeCommit: .commitLost
        case .afterCommit: .commitUnanswered
        }
    }

    private func awaitEnd(_ check: () throws -> Void) throws {
        let deadline = Deadline(in: .seconds(Self.patience))
        try services.withStore { store in
            while true {
                try check()
                try supervise()
                for index in runs.indices where !runs[index].hasEnded {
                    runs[index].hasEnded = try store.queue.run(runs[index].id).state == .finished
                }
                let left = runs.count { !$0.hasEnded }
                if left == 0 || deadline.isPast {
                    outcome.unfinished = left
                    return
                }
                usleep(100_000)
            }
        }
    }
}
