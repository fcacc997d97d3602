/// How long servers are waited for, and how often they are asked again.
package struct WebTiming: Sendable {
    /// For a whole answer, beside the time that its bytes may take.
    package var answer: Duration = .seconds(30)
    /// A slower answer is given up, in bytes per second.
    package var slowest = 100_000
    /// How often something is asked for in all.
    package var attempts = 6
    /// Before the second attempt, at most; doubled before each further one.
    package var firstDelay: Duration = .milliseconds(200)
    /// The longest wait that a server's `Retry-After` is given.
    package var longestDelay: Duration = .seconds(10)

    package init() {}

    /// Time for an answer of so many bytes.
    func limit(bytes: Int) -> Duration { answer + .milliseconds(bytes / max(slowest / 1000, 1)) }

    /// After failed attempt `attempt`, from 1: between half and all of what doubling gives, so that many workers do not come back at once.
    func delay(after attempt: Int) -> Duration {
        min(firstDelay * (1 << min(attempt - 1, 16)), longestDelay) * Double.random(in: 0.5...1)
    }
}
