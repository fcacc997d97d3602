internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Pages
internal import Postgres
internal import Synchronization

/// Runs' reports as pages. A report of many images takes seconds, so it has a thread and a session of its own; it is made again where
/// something has been stored since, and not more often than every ten seconds.
final class ReportPages: Sendable {
    private struct Kept: Sendable {
        /// What the report was made of, as far as the run's progress tells.
        var progress: [String]
        var html: String
    }

    private static let capacity = 16

    private let thread: BlockingThread<EvaluationStore>
    private let kept = Mutex<[RunID: Kept]>([:])
    private let recent: CachedByKey<RunID, RunOverview>

    /// - Parameter overview: how far a run is.
    init(_ database: DatabaseAddress, overview: @escaping @Sendable (RunID) async throws -> RunOverview) {
        thread = BlockingThread("dashboard-reports") { FleetWatch.store(database, " reports", statementSeconds: 60) }
        recent = CachedByKey(every: .seconds(10), capacity: Self.capacity) { run in try await overview(run) }
    }

    /// - Throws: `store.not_found`.
    func html(of run: RunID) async throws -> String {
        let overview = try await recent.value(of: run)
        let progress = [overview.state.rawValue, "\(overview.shards)", "\(overview.imagesDone)", "\(overview.imagesFailed)"]
        return try await thread.perform { [self] store in
            if let known = kept.withLock({ $0[run] }), known.progress == progress { return known.html }
            // Compiling takes longer than these statements run.
            try store.session.withConnection { try $0.executeScript("SET jit = off; SET work_mem = '32MB'") }
            var content = try store.answers.pageContent(of: run)
            content.readPictures()
            let html = RunPage(content).html
            kept.withLock { kept in
                if kept.count >= Self.capacity { kept = [:] }
                kept[run] = Kept(progress: progress, html: html)
            }
            return html
        }
    }

    func stop() { thread.stop() }
}
