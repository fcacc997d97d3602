internal import Diagnostics
package import Evaluation
internal import Synchronization

/// What a worker lacks: something that keeps it from all work, or what the runs of one data set or model need. All calls are thread-safe.
package final class Fitness: Sendable {
    /// What is lacking for some runs only.
    package enum Need: Sendable, Hashable {
        case dataSet(Int64)
        case model(Int64)
        case run(RunID)
    }

    /// What keeps the worker from all work.
    package enum Obstacle: String, Sendable, Hashable, CaseIterable {
        case cache, memory, transport
    }

    private struct Lack {
        var reason: String
        var until: ContinuousClock.Instant
        /// How often in a row it was noted.
        var times: Int
        /// Whether the worker knows that the fault is its own, not an image's.
        var isOwn: Bool
    }

    private struct State {
        var obstacles: [Obstacle: String] = [:]
        var lacks: [Need: Lack] = [:]
    }

    /// How long a lack counts that is surely the worker's own: by then somebody may have mounted what was missing.
    private static let ownTime = Duration.seconds(30)
    /// How long a lack of memory for a run counts, which no time mends.
    private static let runTime = Duration.seconds(600)
    /// How long one counts at first that may be an image's fault, so that another worker can give its opinion; doubles each time.
    private static let doubtTime = Duration.seconds(2)
    /// For so long after it ended, a lack that comes back goes on as before.
    private static let memory = Duration.seconds(60)

    private let state = Mutex(State())

    package init() {}

    /// Notes, or takes back with nil, what keeps the worker from all work.
    package func set(_ obstacle: Obstacle, _ problem: String?) {
        state.withLock { $0.obstacles[obstacle] = problem }
    }

    package func has(_ obstacle: Obstacle) -> Bool { state.withLock { $0.obstacles[obstacle] != nil } }

    /// Notes that the worker lacks something of the runs that need it.
    package func note(_ need: Need, _ reason: String, isOwn: Bool, at now: ContinuousClock.Instant) {
        state.withLock { state in
            let before = state.lacks[need].flatMap { now - $0.until < Self.memory ? $0 : nil }
            let times = (before?.times ?? 0) + 1
            let isOfRun = if case .run = need { true } else { false }
            let time = isOfRun ? Self.runTime : isOwn ? Self.ownTime : min(Self.doubtTime * (1 << min(times - 1, 10)), Self.ownTime)
            state.lacks[need] = Lack(reason: reason, until: now + time, times: times, isOwn: isOwn)
        }
    }

    /// Notes that a shard with these needs was stored.
    /// - Returns: which of them were lacking before.
    package func noteFit(_ needs: [Need]) -> [Need] {
        state.withLock { state in needs.filter { state.lacks.removeValue(forKey: $0) != nil } }
    }

    /// Whether offers of jobs reach the worker, and it may take them.
    package var canWork: Bool { state.withLock { $0.obstacles.isEmpty } }

    /// Whether the worker may take offers.
    package var mayClaim: Bool { state.withLock { $0.obstacles.keys.allSatisfy { $0 == .transport } } }

    /// Everything that is lacking, for a person; nil where nothing is.
    package func problem(at now: ContinuousClock.Instant) -> String? {
        state.withLock { state in
            let obstacles = Obstacle.allCases.compactMap { state.obstacles[$0] }
            let lacks = state.lacks.values.filter { $0.until > now }.map(\.reason).sorted()
            let all = obstacles + lacks
            return all.isEmpty ? nil : all.joined(separator: "; ")
        }
    }

    /// Data sets and models whose runs, and runs that are to be left to others now.
    package func unfit(at now: ContinuousClock.Instant) -> (dataSets: [Int64], models: [Int64], runs: [RunID]) {
        state.withLock { state in
            var unfit: (dataSets: [Int64], models: [Int64], runs: [RunID]) = ([], [], [])
            for (need, lack) in state.lacks where lack.until > now {
                switch need {
                case .dataSet(let id): unfit.dataSets.append(id)
                case .model(let id): unfit.models.append(id)
                case .run(let id): unfit.runs.append(id)
                }
            }
            return (unfit.dataSets.sorted(), unfit.models.sorted(), unfit.runs.sorted { $0.rawValue < $1.rawValue })
        }
    }

    /// Data sets that surely are not whole on this machine.
    package func missingDataSets(at now: ContinuousClock.Instant) -> [Int64] {
        state.withLock { state in
            state.lacks.compactMap { need, lack in
                guard case .dataSet(let id) = need, lack.isOwn, lack.until > now else { return nil }
                return id
            }.sorted()
        }
    }
}

/// A failure whose fault is the worker's: the shard goes back, and runs that need the same are left to others for a while.
struct Unfitness: Error {
    var need: Fitness.Need
    var cause: Failure
    /// Whether the fault is surely the worker's own, not an image's.
    var isOwn = true
}
