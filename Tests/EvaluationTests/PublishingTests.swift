import Evaluation
import Testing

@Suite struct PublishingTests {
    @Test func `the window leaves room for two shards per slot, and for some before anybody reported`() {
        let window = PublishingWindow()
        #expect(window.room(slots: 0, unclaimed: 0) == 16)
        #expect(window.room(slots: 100, unclaimed: 150) == 50)
        #expect(window.room(slots: 1, unclaimed: 40) == 0)
        #expect(window.room(slots: 1, unclaimed: 0) == 2)
    }

    @Test func `the window holds a quarter of a second of shards where they are small`() {
        #expect(PublishingWindow().room(slots: 4, perSecond: 200, unclaimed: 10) == 40)
    }

    private func shares(_ room: Int, _ demands: [(run: Int64, due: Int, underWay: Int)]) -> [Int64: Int] {
        let shares = PublishingWindow.shares(
            room: room, of: demands.map { RunDemand(run: RunID($0.run), due: $0.due, underWay: $0.underWay) })
        return Dictionary(uniqueKeysWithValues: shares.map { ($0.run.rawValue, $0.count) })
    }

    @Test func `runs come to hold equally many slots, whatever they held before`() {
        #expect(shares(10, [(1, 100, 0), (2, 100, 0)]) == [1: 5, 2: 5])
        #expect(shares(10, [(1, 100, 8), (2, 100, 0)]) == [1: 1, 2: 9])
        #expect(shares(3, [(1, 100, 0), (2, 100, 0)]) == [1: 2, 2: 1])
    }

    @Test func `what a run does not need goes to the others, and no more is given than is due`() {
        #expect(shares(10, [(1, 2, 0), (2, 100, 0)]) == [1: 2, 2: 8])
        #expect(shares(10, [(1, 2, 0), (2, 3, 0)]) == [1: 2, 2: 3])
        #expect(shares(0, [(1, 2, 0)]).isEmpty)
        #expect(shares(-3, [(1, 2, 0)]).isEmpty)
    }

    private func shard(
        _ number: Int, running seconds: Double? = nil, waiting: Double = 0, worker: Int64 = 1, publications: Int = 1, offered: Bool = false
    ) -> OutstandingShard {
        OutstandingShard(
            id: ShardAttempt(run: RunID(1), shard: number, attempt: 1), images: 10, isRunning: seconds != nil,
            publications: publications, secondsSincePublished: waiting, secondsRunning: seconds ?? 0, worker: seconds == nil ? nil : worker,
            isBackupOffered: offered)
    }

    @Test func `a shard is published again only while a thread has nothing to do, and each time later`() {
        let waiting = [shard(0, waiting: 5), shard(1, waiting: 0.5), shard(2, waiting: 3, publications: 3)]
        let busy = [shard(8, running: 1), shard(9, running: 1)]
        let worker = LiveWorker(id: 1, slots: 2)
        #expect(FleetSnapshot(shards: waiting + busy, workers: [worker]).toRepublish.isEmpty)
        #expect(FleetSnapshot(shards: waiting + [busy[0]], workers: [worker]).toRepublish.map(\.id.shard) == [0])
        #expect(FleetSnapshot(shards: waiting, workers: []).toRepublish.isEmpty)
    }

    @Test func `no more is published again than idle threads could take, the longest waiting first`() {
        let waiting = (0..<20).map { shard($0, waiting: 2 + Double($0)) }
        let again = FleetSnapshot(shards: waiting, workers: [LiveWorker(id: 1, slots: 2)]).toRepublish
        #expect(again.map(\.id.shard) == [19, 18, 17, 16])
    }

    @Test func `a late shard is given to another worker once nothing else waits`() {
        let shards = [shard(0, running: 31), shard(1, running: 10, worker: 2)]
        let workers = [LiveWorker(id: 1, slots: 1), LiveWorker(id: 2, slots: 2)]
        let usual: (RunID) -> Double? = { _ in 2 }
        #expect(FleetSnapshot(shards: shards, workers: workers).stragglers(percentile95: usual).map(\.id.shard) == [0])
        // Something waits; the late one's own worker alone is idle; nothing is known of the run; it is not late enough; it is offered already.
        let others: [(FleetSnapshot, (RunID) -> Double?)] = [
            (FleetSnapshot(shards: shards + [shard(2)], workers: workers), usual),
            (FleetSnapshot(shards: shards, workers: [LiveWorker(id: 1, slots: 5), LiveWorker(id: 2, slots: 1)]), usual),
            (FleetSnapshot(shards: shards, workers: workers), { _ in nil }),
            (FleetSnapshot(shards: [shard(0, running: 29)], workers: workers), usual),
            (FleetSnapshot(shards: [shard(0, running: 31, offered: true)], workers: workers), usual),
        ]
        for (fleet, usual) in others { #expect(fleet.stragglers(percentile95: usual).isEmpty) }
    }

    @Test func `what is late is one and a half times what 95 of 100 take, and at least a second`() {
        #expect(!StragglerRule.isLate(seconds: 15, images: 10, percentile95: 1))
        #expect(StragglerRule.isLate(seconds: 15.1, images: 10, percentile95: 1))
        #expect(!StragglerRule.isLate(seconds: 0.9, images: 1, percentile95: 0.001))
    }
}
