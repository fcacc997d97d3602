import Kafka
import Testing

@Suite struct RefusalWatchTests {
    private let start = ContinuousClock.now

    private func refusals(at seconds: [Int], servedAt: Int? = nil) -> [Bool] {
        var watch = RefusalWatch(grace: .seconds(30))
        var isServed = false
        return seconds.map { second in
            if let servedAt, !isServed, second >= servedAt {
                watch.noteService()
                isServed = true
            }
            return watch.noteRefusal(at: start + .seconds(second))
        }
    }

    @Test func `refusals that go on are told after the grace`() {
        #expect(refusals(at: [0, 10, 29, 30, 60]) == [false, false, false, true, true])
    }

    @Test func `a refusal now and then is put up with`() {
        #expect(refusals(at: [0, 91, 1000, 5000]) == [false, false, false, false])
    }

    @Test func `service in between starts the grace anew`() {
        #expect(refusals(at: [0, 20, 40, 55, 75], servedAt: 30) == [false, false, false, false, true])
    }
}
