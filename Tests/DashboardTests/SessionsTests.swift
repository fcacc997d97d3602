import Dashboard
import Testing

@Suite struct SessionsTests {
    private let now = ContinuousClock.now

    @Test func `a session ends by time, and by being given back`() {
        let sessions = Sessions()
        let (one, two) = (sessions.begin(now: now), sessions.begin(now: now))
        #expect(one != two && one.utf8.count == 64)
        #expect(sessions.contains(one, now: now) && sessions.contains(two, now: now))
        sessions.end(one)
        #expect(!sessions.contains(one, now: now) && sessions.contains(two, now: now))
        #expect(!sessions.contains(two, now: now + .seconds(Sessions.seconds + 1)))
        for forged in ["", ".", "1043200.zz", one + "0", String(repeating: "0", count: 64)] {
            #expect(!sessions.contains(forged, now: now))
        }
    }

    @Test func `of too many sessions the oldest goes`() {
        let sessions = Sessions()
        let all = (0...Sessions.limit).map { sessions.begin(now: now + .seconds($0)) }
        let later = now + .seconds(Sessions.limit)
        #expect(!sessions.contains(all[0], now: later) && sessions.contains(all[1], now: later) && sessions.contains(all.last!, now: later))
    }
}
