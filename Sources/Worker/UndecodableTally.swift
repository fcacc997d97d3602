internal import EvaluationStore
internal import Synchronization

/// Job messages that could not be read, until they are reported: once a minute, however many they are.
final class UndecodableTally: Sendable {
    private static let interval = Duration.seconds(60)

    private struct State {
        var messages: UndecodableMessages?
        var toldAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    func note(source: String, reason: String) {
        state.withLock { state in
            state.messages = UndecodableMessages(count: (state.messages?.count ?? 0) + 1, source: source, reason: reason)
        }
    }

    /// What has come since the last time; nil where nothing has, or that was less than a minute ago.
    /// - Parameter isLast: whether there is no next time.
    func take(at now: ContinuousClock.Instant, isLast: Bool) -> UndecodableMessages? {
        state.withLock { state in
            guard let messages = state.messages, isLast || state.toldAt.map({ now - $0 >= Self.interval }) ?? true else { return nil }
            state.messages = nil
            state.toldAt = now
            return messages
        }
    }
}
