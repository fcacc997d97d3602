internal import Evaluation
internal import EvaluationStore
internal import Telemetry

/// What the database knows of the fleet, as metrics. Only runs that have not ended are listed by number, so that series come to an end.
enum FleetMetrics {
    /// - Parameter fleet: nil where the database cannot be looked at; only that is said then.
    static func families(_ fleet: FleetOverview?) -> [MetricFamily] {
        let isUp = MetricFamily(
            "evalctl_database_up", .gauge, help: "1 where the figures of the fleet could be read from the database.",
            samples: [MetricSample(fleet == nil ? 0 : 1)])
        guard let fleet else { return [isUp] }
        let active = fleet.runs.filter { !$0.state.isTerminal }
        func byRun(_ name: String, _ help: String, _ value: (RunOverview) -> Double) -> MetricFamily {
            MetricFamily(name, .gauge, help: help, samples: active.map { MetricSample(value($0), labels: [.init("run", "\($0.run)")]) })
        }
        return [
            isUp,
            MetricFamily(
                "evalctl_runs", .gauge, help: "Runs by state.",
                samples: RunState.allCases.map { state in
                    MetricSample(Double(fleet.runsByState[state.rawValue, default: 0]), labels: [.init("state", state.rawValue)])
                }),
            MetricFamily(
                "evalctl_run_shards", .gauge, help: "Shards of the runs that have not ended, by state.",
                samples: active.flatMap { run in
                    run.shards.byState.map {
                        MetricSample(Double($0.count), labels: [.init("run", "\(run.run)"), .init("state", $0.state.rawValue)])
                    }
                }),
            byRun("evalctl_run_images", "Images of the runs that have not ended.") { Double($0.imagesExpected) },
            byRun("evalctl_run_done_images", "Images of these runs that are stored or given up.") { Double($0.imagesDone) },
            byRun("evalctl_run_failed_images", "Images of these runs that have no prediction.") { Double($0.imagesFailed) },
            byRun("evalctl_run_paused", "1 where the run is paused.") { $0.state == .paused ? 1 : 0 },
            byRun("evalctl_run_images_per_second", "Pace of these runs in the last half minute.") { $0.imagesPerSecond },
            MetricFamily(
                "evalctl_run_top1_ratio", .gauge, help: "Top-1 accuracy of these runs so far, 0 to 1; missing before the first image.",
                samples: active.compactMap { run in
                    run.top1.accuracy.map { MetricSample($0, labels: [.init("run", "\(run.run)")]) }
                }),
            MetricFamily(
                "evalctl_workers", .gauge, help: "Workers by state; those that ended, of the last hour.",
                samples: ["running", "draining", "stopped", "gone"].map { state in
                    MetricSample(Double(fleet.workers.count { $0.state.rawValue == state }), labels: [.init("state", state)])
                }),
            MetricFamily(
                "evalctl_coordinators", .gauge, help: "Coordinators that report, by whether they lead.",
                samples: [true, false].map { leads in
                    MetricSample(Double(fleet.coordinators.count { $0.leads == leads }), labels: [.init("leads", leads ? "1" : "0")])
                }),
            MetricFamily(
                "evalctl_dead_letters", .gauge, help: "Shards that were given up and not dropped.",
                samples: [MetricSample(Double(fleet.deadLetters.shards))]),
            MetricFamily(
                "evalctl_fleet_images_per_second", .gauge, help: "Pace of all workers in the last second, as they report it.",
                samples: [MetricSample(fleet.imagesPerSecond)]),
        ]
    }
}
