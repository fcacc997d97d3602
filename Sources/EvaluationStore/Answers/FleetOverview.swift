package import Evaluation

/// Shards of a run by state.
package struct ShardCounts: Sendable, Hashable, Codable {
    package var pending = 0
    package var published = 0
    package var running = 0
    package var done = 0
    package var split = 0
    package var dead = 0
    package var cancelled = 0

    package init(pending: Int = 0, published: Int = 0, running: Int = 0, done: Int = 0, split: Int = 0, dead: Int = 0, cancelled: Int = 0) {
        self.pending = pending
        self.published = published
        self.running = running
        self.done = done
        self.split = split
        self.dead = dead
        self.cancelled = cancelled
    }

    /// Shards that images belong to: all but those that were split.
    package var all: Int { pending + published + running + done + dead + cancelled }

    /// Counts by the states' names, in the order of a shard's life.
    package var byState: [(state: ShardState, count: Int)] {
        [
            (.pending, pending), (.published, published), (.running, running), (.done, done), (.split, split), (.dead, dead),
            (.cancelled, cancelled),
        ]
    }
}

/// What the stored rows of a run say so far.
package struct AccuracySoFar: Sendable, Hashable, Codable {
    /// Images counted: those of shards that are done.
    package var evaluated: Int
    package var correct: Int
    /// Fraction of the images counted; nil where there are none.
    @OrNull package var accuracy: Double?
    /// Wilson's interval.
    @OrNull package var ci95: Interval?

    package init(correct: Int, evaluated: Int) {
        self.evaluated = evaluated
        self.correct = correct
        accuracy = evaluated == 0 ? nil : Double(correct) / Double(evaluated)
        ci95 = evaluated == 0 ? nil : .wilson(correct, of: evaluated)
    }
}

/// How far a run is, for people who watch it.
package struct RunOverview: Sendable, Hashable, Codable {
    package var run: RunID
    package var model: String
    package var dataset: String
    package var engine: String
    package var timeSteps: Int
    package var state: RunState
    package var priority: Int
    package var imagesExpected: Int
    /// Stored or given up.
    package var imagesDone: Int
    /// Of shards under way: computed, and not stored yet.
    package var imagesComputed: Int
    package var imagesFailed: Int
    /// In the last half minute; since the first claim, where no shard was stored in that time or the run has ended.
    package var imagesPerSecond: Double
    /// At that pace; nil where the run does not move or has ended.
    package var etaSeconds: Double?
    package var shards: ShardCounts
    package var top1: AccuracySoFar
    package var submittedAt: String
    package var startedAt: String?
    package var finishedAt: String?

    enum CodingKeys: String, CodingKey {
        case run, model, dataset, engine, state, priority, shards, top1
        case timeSteps = "timesteps"
        case imagesExpected = "images_expected"
        case imagesDone = "images_done"
        case imagesComputed = "images_computed"
        case imagesFailed = "images_failed"
        case imagesPerSecond = "images_per_second"
        case etaSeconds = "eta_seconds"
        case submittedAt = "submitted_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
    }

    /// Images that are computed, stored or not; those that failed are not among them.
    package var imagesFinished: Int { max(min(imagesDone + imagesComputed, imagesExpected) - imagesFailed, 0) }

    /// Part of the images that is computed, 0 to 1: a run that lacks one never has it all.
    package var fraction: Double { imagesExpected == 0 ? 0 : Double(imagesFinished) / Double(imagesExpected) }

    /// The state in words that tell whether every image counts.
    package var stateWords: String { state.words(evaluated: top1.evaluated, of: imagesExpected) }

    /// Whether it has ended without a prediction for every image.
    package var isIncomplete: Bool { state == .finished && top1.evaluated < imagesExpected }
}

/// A coordinator that reported within the last ten seconds.
package struct CoordinatorStatus: Sendable, Hashable, Codable {
    package var id: Int64
    package var host: String
    package var processID: Int
    package var version: String
    package var leads: Bool
    package var secondsSinceHeartbeat: Double

    enum CodingKeys: String, CodingKey {
        case id, host, version, leads
        case processID = "process_id"
        case secondsSinceHeartbeat = "seconds_since_heartbeat"
    }
}

/// What was given up and not dropped.
package struct DeadLetterOverview: Sendable, Hashable, Codable {
    package var shards = 0
    package var images = 0
    /// The last fifty.
    package var newest: [DeadShard] = []
}

/// Sums over all runs that have not ended, and over all workers that report.
package struct FleetTotals: Sendable, Hashable, Codable {
    package var imagesLeft: Int
    package var shards: ShardCounts
    package var workers: Int
    package var threads: Int

    enum CodingKeys: String, CodingKey {
        case shards, workers, threads
        case imagesLeft = "images_left"
    }
}

/// A fleet and its runs at one moment, as the dashboard shows them.
package struct FleetOverview: Sendable, Hashable, Codable {
    /// By the database's clock, ISO 8601, UTC.
    package var at: String
    /// Runs that have not ended, at most a hundred, and the last twenty that have; newest first.
    package var runs: [RunOverview]
    /// Runs of the whole database by state.
    package var runsByState: [String: Int]
    package var totals: FleetTotals
    /// Workers that report, those with shards first, and behind them those that ended or vanished within the last hour; at most a thousand.
    package var workers: [WorkerStatus]
    package var coordinators: [CoordinatorStatus]
    package var deadLetters: DeadLetterOverview
    /// Of all workers, in the last second.
    package var imagesPerSecond: Double

    enum CodingKeys: String, CodingKey {
        case at, runs, totals, workers, coordinators
        case runsByState = "runs_by_state"
        case deadLetters = "dead_letters"
        case imagesPerSecond = "images_per_second"
    }
}
