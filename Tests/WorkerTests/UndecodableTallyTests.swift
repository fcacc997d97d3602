import EvaluationStore
import Testing
import Worker

@Suite struct UndecodableTallyTests {
    @Test func `a hundred thousand messages that cannot be read are told of once a minute, and the rest at the end`() {
        let tally = UndecodableTally()
        let start = ContinuousClock.now
        #expect(tally.take(at: start, isLast: false) == nil)
        tally.note(source: "jobs 0", reason: "r")
        #expect(tally.take(at: start, isLast: false)?.count == 1)
        for number in 1...100_000 { tally.note(source: "jobs \(number)", reason: "r") }
        #expect(tally.take(at: start + .seconds(59), isLast: false) == nil)
        let told = tally.take(at: start + .seconds(60), isLast: false)
        #expect(told?.count == 100_000 && told?.source == "jobs 100000")
        #expect(tally.take(at: start + .seconds(200), isLast: false) == nil)
        tally.note(source: "jobs 7", reason: "r")
        #expect(tally.take(at: start + .seconds(61), isLast: true)?.count == 1)
    }
}
