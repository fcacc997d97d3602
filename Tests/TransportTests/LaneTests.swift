import Evaluation
import EvaluationStore
import Testing
import Transport

@Suite struct LaneTests {
    @Test func `jobs go to the lanes with the least unclaimed work, and equals take turns`() {
        var loads = LaneLoads(count: 3)
        loads.add(0)
        loads.add(0)
        loads.add(1)
        loads.add(99)
        #expect((0..<5).map { _ in loads.take() } == [2, 1, 2, 0, 1])
    }

    @Test func `avoided lanes are left out, unless all are avoided`() {
        var loads = LaneLoads(count: 3)
        #expect(loads.take(avoiding: [0, 1]) == 2)
        #expect(loads.take(avoiding: [0, 1]) == 2)
        #expect([0, 1].contains(loads.take(avoiding: [0, 1, 2])))
    }

    private func attempt(_ shard: Int, run: Int64 = 1) -> ShardAttempt { ShardAttempt(run: RunID(run), shard: shard, attempt: 1) }

    private func waiting(_ attempts: [ShardAttempt]) -> FleetSnapshot {
        FleetSnapshot(
            shards: attempts.map { OutstandingShard(id: $0, images: 1, isRunning: false, publications: 1, secondsSincePublished: 0) },
            workers: [])
    }

    @Test func `a job that is offered again goes to another lane, and lanes where work waits get less`() {
        var lanes = LaneChoice(count: 2)
        let first = lanes.take(for: attempt(0))
        #expect(lanes.take(for: attempt(0)) != first)
        lanes.look(at: waiting([attempt(0)]))
        // Its newest offer waits in the other lane.
        #expect(lanes.take(for: attempt(1)) == first)
    }

    @Test func `a lane whose reader declined a job of a run gets no more of that run for a while, and other runs' jobs all the same`() {
        var lanes = LaneChoice(count: 2)
        let declined = lanes.take(for: attempt(0))
        lanes.look(at: waiting([]))
        let decline = Decline(run: RunID(1), shard: 0, time: 1000)
        lanes.note([decline])
        #expect((1..<6).map { lanes.take(for: attempt($0)) }.allSatisfy { $0 != declined })
        #expect((0..<4).map { lanes.take(for: attempt($0, run: 2)) }.contains(declined))
        // The same decline seen again says nothing of where the job went meanwhile.
        _ = lanes.take(for: attempt(0))
        lanes.note([decline])
        #expect((6..<9).map { lanes.take(for: attempt($0)) }.allSatisfy { $0 != declined })
        lanes.note([])
        #expect((9..<13).map { lanes.take(for: attempt($0)) }.contains(declined))
    }
}
