internal import Synchronization

/// Whether a program's loops are alive: each says when it begins a round, and when it waits for something that may never come.
/// All calls are thread-safe.
package final class LoopPulses: Sendable {
    private struct Loop: Sendable {
        var limit: Duration
        /// Begin of the present round; nil while the loop rests.
        var since: ContinuousClock.Instant?
    }

    private let loops = Mutex<[String: Loop]>([:])

    package init() {}

    /// Begins a round of a loop, which may take `limit`.
    package func beat(_ name: String, limit: Duration = .seconds(60)) {
        loops.withLock { $0[name] = Loop(limit: limit, since: .now) }
    }

    /// The loop waits for what may never come, such as work; it is alive however long that takes.
    package func rest(_ name: String) {
        loops.withLock { $0[name]?.since = nil }
    }

    /// Each loop by name, with what is wrong with it; nil where nothing is.
    package func check(at now: ContinuousClock.Instant = .now) -> [(name: String, problem: String?)] {
        loops.withLock { $0 }.sorted { $0.key < $1.key }.map { name, loop in
            guard let since = loop.since, now - since > loop.limit else { return (name, nil) }
            return (
                name, "no round has ended for \(Int((now - since) / .seconds(1))) s, where \(Int(loop.limit / .seconds(1))) s are usual"
            )
        }
    }
}
