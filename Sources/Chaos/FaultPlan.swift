internal import Diagnostics

/// Which faults happen when. The same seed, length and kinds give the same plan.
package struct FaultPlan: Sendable, Hashable, Codable {
    /// One fault. Times are seconds from the start.
    package struct Step: Sendable, Hashable, Codable {
        package var kind: FaultKind
        package var start: Double
        /// When it is over; the start where it is over at once.
        package var end: Double
        /// Which process it happens to, as far as it happens to one: a number to be taken modulo their count.
        package var target: Int
        /// How many messages, connections or milliseconds it concerns.
        package var amount: Int
    }

    package var steps: [Step]

    /// Seconds between two faults' starts, on average.
    private static let interval = 0.4...2.6

    /// Every kind occurs once before any occurs again, in an order that the seed decides; so does everything else about them.
    package init(seed: UInt64, seconds: Double, kinds: [FaultKind]) {
        var generator = SeededGenerator(seed: seed)
        var steps: [Step] = []
        var deck: [FaultKind] = []
        var time = generator.seconds(in: Self.interval)
        while time < seconds, !kinds.isEmpty {
            if deck.isEmpty { deck = generator.shuffled(kinds) }
            let kind = deck.removeLast()
            let duration = kind.duration.map { generator.seconds(in: $0) } ?? 0
            steps.append(
                Step(
                    kind: kind, start: Self.rounded(time), end: Self.rounded(time + duration), target: generator.integer(in: 0...11),
                    amount: Self.amount(of: kind, &generator)))
            time += generator.seconds(in: Self.interval)
        }
        self.steps = steps
    }

    /// To the thousandth, so that sums print as people would write them.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

    private static func amount(of kind: FaultKind, _ generator: inout SeededGenerator) -> Int {
        switch kind {
        case .copyCut, .commitLost, .commitUnanswered: generator.integer(in: 1...3)
        case .messagesDuplicated: generator.integer(in: 5...60)
        case .messagesForged: generator.integer(in: 1...5)
        case .databaseSlow: generator.integer(in: 5...80)
        case .brokerSlow: generator.integer(in: 50...800)
        case .brokerErrors: generator.integer(in: 1...6)
        default: 0
        }
    }

    /// What is to be done, in order of time: each fault's beginning and, where it lasts, its end.
    package var timeline: [(time: Double, step: Step, begins: Bool)] {
        let events = steps.flatMap { step in
            [(time: step.start, step: step, begins: true)] + (step.end > step.start ? [(time: step.end, step: step, begins: false)] : [])
        }
        // The position decides between equal times, so that the order never depends on the sorting.
        return events.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}
