internal import Evaluation
internal import Foundation

/// Events that wait to be sent. The oldest are forgotten where there are too many: losing one loses nothing.
final class EventQueue: @unchecked Sendable {
    private static let capacity = 10_000
    private let lock = NSLock()
    private var events: [EvaluationEvent] = []

    func add(_ added: [EvaluationEvent]) {
        guard !added.isEmpty else { return }
        lock.withLock {
            events += added
            if events.count > Self.capacity { events.removeFirst(events.count - Self.capacity) }
        }
    }

    func takeAll() -> [EvaluationEvent] {
        lock.withLock {
            defer { events = [] }
            return events
        }
    }
}
