import Evaluation
import Testing

@Suite struct WorkerSlotsTests {
    private let start = ContinuousClock.now

    private func lease(_ token: String, isSuspect: Bool = false) -> Lease {
        Lease(
            attempt: ShardAttempt(run: RunID(1), shard: 0, attempt: 1), range: ShardRange(firstOrdinal: 0, imageCount: 4), token: token,
            isSuspect: isSuspect)
    }

    @Test func `as many shards are claimed as there are threads, and started in the order they came`() {
        var slots = WorkerSlots(count: 2)
        #expect(slots.hasFreeSlot)
        slots.add(lease("a"), at: start)
        slots.add(lease("b"), at: start)
        #expect(!slots.hasFreeSlot)
        #expect(slots.startNext()?.token == "a")
        #expect(slots.startNext()?.token == "b")
        #expect(slots.startNext() == nil)
        slots.finish("a")
        #expect(slots.hasFreeSlot)
        #expect(slots.leases.map(\.token) == ["b"])
    }

    @Test func `a shard that may have killed a worker is computed alone`() {
        var slots = WorkerSlots(count: 3)
        slots.add(lease("a"), at: start)
        #expect(slots.startNext()?.token == "a")
        slots.add(lease("suspect", isSuspect: true), at: start)
        #expect(!slots.hasFreeSlot)
        #expect(slots.startNext() == nil)
        slots.finish("a")
        #expect(slots.startNext()?.token == "suspect")
        #expect(!slots.hasFreeSlot)
        slots.add(lease("c"), at: start)
        #expect(slots.startNext() == nil)
        slots.finish("suspect")
        #expect(slots.startNext()?.token == "c")
    }

    @Test func `a shard that finishes no image is noticed, one that waits for a thread is not`() {
        var slots = WorkerSlots(count: 2)
        slots.add(lease("a"), at: start)
        slots.add(lease("waiting"), at: start)
        _ = slots.startNext()
        #expect(slots.stalled(for: .seconds(10), at: start + .seconds(10)).isEmpty)
        #expect(slots.stalled(for: .seconds(10), at: start + .seconds(11)) == ["a"])
        slots.noteImage(of: "a", at: start + .seconds(11))
        #expect(slots.stalled(for: .seconds(10), at: start + .seconds(20)).isEmpty)
    }

    @Test func `a stop only goes further, claims nothing, and lets threads end once nothing waits`() {
        var slots = WorkerSlots(count: 2)
        slots.add(lease("a"), at: start)
        slots.raise(.draining)
        #expect(!slots.hasFreeSlot)
        #expect(!slots.isDone)
        #expect(slots.startNext()?.token == "a")
        #expect(slots.isDone)
        slots.raise(.handingBack)
        slots.raise(.draining)
        #expect(slots.stop == .handingBack)
    }

    @Test func `a lease is lost once it is marked, or no longer held`() {
        var slots = WorkerSlots(count: 1)
        slots.add(lease("a"), at: start)
        #expect(!slots.isLost("a"))
        slots.markLost("a")
        #expect(slots.isLost("a"))
        #expect(slots.isLost("b"))
    }
}
