internal import Evaluation
internal import EvaluationStore
internal import Telemetry

/// What a coordinator counts while it leads.
struct CoordinatorMetrics: Sendable {
    let leader: Gauge
    let rounds: Histogram
    let failedRounds: Counter
    let unclaimed: Gauge
    let window: Gauge
    let publications: Counter
    let undelivered: Counter
    let endedAttempts: Counter
    let retries: Counter
    let deadImages: Counter
    let finishedRuns: Counter
    let incompleteRuns: Counter
    let goneWorkers: Counter

    init(_ registry: MetricsRegistry) {
        leader = registry.gauge("evalctl_leader", "1 where this coordinator leads.")
        rounds = registry.histogram("evalctl_round_seconds", "How long a loop's rounds take.", labels: ["loop"])
        failedRounds = registry.counter(
            "evalctl_failed_rounds_total", "Rounds that failed and are tried again; a database or broker is away.", labels: ["loop"])
        unclaimed = registry.gauge("evalctl_published_shards", "Shards that are offered and wait for a worker.")
        window = registry.gauge("evalctl_published_window", "Shards that are to be published and unclaimed at the present fleet and pace.")
        publications = registry.counter(
            "evalctl_publications_total", "Offers made: a shard's first, again, or to invite a second worker.", labels: ["kind"])
        undelivered = registry.counter(
            "evalctl_undelivered_messages_total", "Offers, letters and events that the broker did not acknowledge.")
        endedAttempts = registry.counter(
            "evalctl_ended_attempts_total", "Attempts that ended without a store, by the failure's class and by what followed.",
            labels: ["class", "consequence"])
        retries = registry.counter("evalctl_retries_total", "Attempts that are tried again, by the failure's class.", labels: ["class"])
        deadImages = registry.counter("evalctl_dead_images_total", "Images that were given up.")
        finishedRuns = registry.counter("evalctl_finished_runs_total", "Runs that ended.")
        incompleteRuns = registry.counter(
            "evalctl_incomplete_runs_total", "Runs that ended without a prediction for every image.")
        goneWorkers = registry.counter("evalctl_gone_workers_total", "Workers that were taken for dead.")
        rounds.declare(CoordinatorLoop.allCases.map(\.rawValue))
        failedRounds.declare(CoordinatorLoop.allCases.map(\.rawValue))
        publications.declare(["first", "again", "backup"])
        retries.declare(FailureClass.allCases.map(\.rawValue))
    }

    func note(_ ended: EndedAttempt) {
        let failureClass = ended.failure.failureClass.rawValue
        let consequence: String
        switch ended.consequence {
        case .backupEnded: consequence = "backup_ended"
        case .promoted: consequence = "promoted"
        case .retried:
            consequence = "retried"
            retries.add(1, failureClass)
        case .split: consequence = "split"
        case .died:
            consequence = "died"
            deadImages.add(ended.range.imageCount)
        }
        endedAttempts.add(1, failureClass, consequence)
    }
}

/// A coordinator's loops, one thread each.
enum CoordinatorLoop: String, CaseIterable {
    case keeper, publisher, reports

    /// What it does, for logs.
    var work: String {
        switch self {
        case .keeper: "keeping the database in order"
        case .publisher: "publishing"
        case .reports: "making reports"
        }
    }

    /// How long a round may take before the loop is taken for hung.
    var limit: Duration { self == .reports ? .seconds(600) : .seconds(60) }
}
