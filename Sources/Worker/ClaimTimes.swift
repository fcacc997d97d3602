internal import Diagnostics
internal import Foundation
internal import Logging
internal import Synchronization

/// How long claims took, from the job message in hand to the database's answer.
final class ClaimTimes: Sendable {
    private let times = Mutex(LatencyHistogram())

    /// Times a claim, granted or not; one that failed is not counted.
    func timing<Result>(_ claim: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        let result = try claim()
        let duration = ContinuousClock.now - start
        times.withLock { $0.add(duration) }
        return result
    }

    /// Writes the times as JSON.
    func write(to file: String, _ logger: Logger) {
        do {
            try JSONEncoder().encode(times.withLock { $0 }).write(to: URL(filePath: file))
        } catch {
            logger.warning("the times of claims cannot be written to \(file): \(error)")
        }
    }
}
