internal import Diagnostics
package import Evaluation
internal import Postgres

/// Looks at the whole fleet again and again, and remembers runs that have ended. A look reads the shards of runs that have not, and no
/// prediction. Belongs to one thread, as its store does.
package final class OverviewReader {
    private let store: EvaluationStore
    private var ended: [RunID: (key: String, overview: RunOverview)] = [:]
    /// The last look, where no run was running then, and the runs that were looked at since.
    private var quiet: (fleet: FleetOverview, at: ContinuousClock.Instant, runs: [RunID: RunOverview])?
    private let quietInterval: Duration

    /// Runs shown at most: unfinished ones, and ended ones.
    private static let limits = (unfinished: 100, ended: 20)

    /// - Parameter quietInterval: how long a look serves while no run goes on, is made or steered.
    package init(_ store: EvaluationStore, quietInterval: Duration = .zero) {
        self.store = store
        self.quietInterval = quietInterval
    }

    package func look() throws -> FleetOverview {
        forgetWhatIsOld()
        if let quiet { return quiet.fleet }
        let fleet = try store.session.retrying { _ in
            if quietInterval > .zero {
                // What happens between this look and the next one is notified; what happened before it is no news after it.
                _ = try store.queue.listenForRuns()
                _ = try store.queue.waitForRuns(atMost: .zero)
            }
            return try freshLook()
        }
        quiet = fleet.runs.contains { !$0.state.isTerminal } ? nil : (fleet, .now, [:])
        return fleet
    }

    private func forgetWhatIsOld() {
        guard let quiet else { return }
        // Where that cannot be heard, a look tells why.
        if .now - quiet.at >= quietInterval || (try? store.queue.waitForRuns(atMost: .zero)) ?? true { self.quiet = nil }
    }

    private func freshLook() throws -> FleetOverview {
        let heads = try store.answers.rows(
            """
            (SELECT run_id, state || coalesce(finished_at::text, '') AS key FROM runs
             WHERE state IN ('running', 'paused') ORDER BY run_id DESC LIMIT \(Self.limits.unfinished))
            UNION ALL
            (SELECT run_id, state || coalesce(finished_at::text, '') FROM runs
             WHERE state IN ('finished', 'cancelled') ORDER BY run_id DESC LIMIT \(Self.limits.ended))
            """
        ).map { (run: RunID(try $0.int64("run_id")), key: try $0.text("key")) }
        let shown = Set(heads.map(\.run))
        ended = ended.filter { shown.contains($0.key) }
        let runs = try overviews(of: heads)
        let workers = try store.answers.presentWorkers()
        var figures = try store.answers.fleetFigures()
        if figures.deadLetters.shards > 0 { figures.deadLetters.newest = try store.answers.newestDeadShards(limit: 50) }
        return FleetOverview(
            at: figures.at, runs: runs.sorted { $0.run > $1.run }, runsByState: figures.runsByState, totals: figures.totals,
            workers: workers, coordinators: try store.answers.presentCoordinators(), deadLetters: figures.deadLetters,
            imagesPerSecond: figures.imagesPerSecond)
    }

    /// Runs that have ended, newest first: at most `limit` of those before a run.
    /// - Parameter last: nil for the newest.
    package func ended(before last: RunID?, limit: Int) throws -> [RunOverview] {
        let heads = try store.answers.rows(
            """
            SELECT run_id, state || coalesce(finished_at::text, '') AS key FROM runs
            WHERE state IN ('finished', 'cancelled') AND run_id < $1 ORDER BY run_id DESC LIMIT $2
            """, [.int64(last?.rawValue ?? .max), .int(limit)]
        ).map { (run: RunID(try $0.int64("run_id")), key: try $0.text("key")) }
        return try overviews(of: heads).sorted { $0.run > $1.run }
    }

    /// One run, whether or not it is among those that ``look()`` shows.
    /// - Throws: `store.not_found`.
    package func look(at run: RunID) throws -> RunOverview {
        forgetWhatIsOld()
        if let known = quiet?.runs[run] { return known }
        let found = try store.answers.rows(
            "SELECT state || coalesce(finished_at::text, '') AS key FROM runs WHERE run_id = $1", [.int64(run.rawValue)])
        guard let row = found.first, let overview = try overviews(of: [(run, row.text("key"))]).first else {
            throw ShardQueue.noRun(run)
        }
        // The next look at all evicts runs that are not shown.
        quiet?.runs[run] = overview
        return overview
    }

    private func overviews(of heads: [(run: RunID, key: String)]) throws -> [RunOverview] {
        let known = heads.compactMap { head in ended[head.run].flatMap { $0.key == head.key ? $0.overview : nil } }
        let fresh = try store.answers.runOverviews(heads.map(\.run).filter { run in !known.contains { $0.run == run } })
        for (run, key) in heads {
            if let overview = fresh[run], overview.state.isTerminal { ended[run] = (key, overview) }
        }
        return known + fresh.values
    }
}
