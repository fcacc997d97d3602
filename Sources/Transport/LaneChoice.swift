package import Evaluation
package import EvaluationStore

/// Which lane each offer goes to: the one with the least unclaimed work, not the one that the same job lay in before, and not one whose
/// reader lately lacked something of the run. It knows what this coordinator offered; what another one did before it is forgotten.
package struct LaneChoice: Sendable {
    /// How long a lane is avoided after a decline, in seconds.
    package static let declineSeconds = 60.0

    private struct Job: Hashable {
        var run: RunID
        var shard: Int
    }

    private var loads: LaneLoads
    /// Where each job that is out was offered last.
    private var lanes: [Job: Int] = [:]
    /// Lanes that a run's jobs were declined in, with when, by the database's clock.
    private var declined: [RunID: [Int: Double]] = [:]
    private var seenDeclines: [Job: Double] = [:]

    package init(count: Int) {
        loads = LaneLoads(count: count)
    }

    package var count: Int { loads.count }

    /// Sees what is out.
    package mutating func look(at fleet: FleetSnapshot) {
        var fresh = LaneLoads(count: loads.count, startingAt: loads.next)
        for shard in fleet.shards where shard.awaitsClaim {
            if let lane = lanes[Job(run: shard.id.run, shard: shard.id.shard)] { fresh.add(lane) }
        }
        loads = fresh
        // A declined job is not out, and its lane is still to be looked up.
        guard lanes.count > 4 * (fleet.shards.count + 1000) else { return }
        let out = Set(fleet.shards.map { Job(run: $0.id.run, shard: $0.id.shard) })
        lanes = lanes.filter { out.contains($0.key) }
    }

    /// Sees what was declined within ``declineSeconds``.
    package mutating func note(_ declines: [Decline]) {
        for decline in declines {
            let job = Job(run: decline.run, shard: decline.shard)
            guard seenDeclines[job] != decline.time else { continue }
            seenDeclines[job] = decline.time
            if let lane = lanes[job] { declined[decline.run, default: [:]][lane] = decline.time }
        }
        let current = Set(declines.map { Job(run: $0.run, shard: $0.shard) })
        seenDeclines = seenDeclines.filter { current.contains($0.key) }
        guard let newest = declines.map(\.time).max() else { return declined = [:] }
        declined = declined.mapValues { $0.filter { newest - $0.value < Self.declineSeconds } }
    }

    /// The lane for a job.
    package mutating func take(for attempt: ShardAttempt) -> Int {
        let job = Job(run: attempt.run, shard: attempt.shard)
        let unfit = Set((declined[attempt.run] ?? [:]).keys)
        let lane = loads.take(avoiding: unfit.union(lanes[job].map { [$0] } ?? []))
        lanes[job] = lane
        return lane
    }
}
