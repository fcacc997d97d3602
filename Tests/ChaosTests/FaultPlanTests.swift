import Chaos
import Testing

@Suite struct FaultPlanTests {
    @Test func `the same seed gives the same plan, another seed another`() {
        let plan = FaultPlan(seed: 7, seconds: 180, kinds: FaultKind.allCases)
        #expect(FaultPlan(seed: 7, seconds: 180, kinds: FaultKind.allCases) == plan)
        #expect(FaultPlan(seed: 8, seconds: 180, kinds: FaultKind.allCases) != plan)
    }

    @Test func `a plan stays the same from version to version`() {
        let steps = FaultPlan(seed: 1, seconds: 10, kinds: FaultKind.allCases).steps
        #expect(
            steps.prefix(3).map { "\($0.start) \($0.kind.rawValue) \($0.end) \($0.target) \($0.amount)" } == [
                "1.784 messages_forged 1.784 7 5", "4.007 database_restarted 6.589 2 0", "5.159 run_paused 7.725 1 0",
            ])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `three minutes hold every kind of fault, in order, within the time`(seed: UInt64) {
        let steps = FaultPlan(seed: seed, seconds: 180, kinds: FaultKind.allCases).steps
        #expect(Set(steps.map(\.kind)) == Set(FaultKind.allCases))
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.start < $1.start })
        #expect(steps.allSatisfy { $0.start < 180 && $0.end >= $0.start })
    }

    @Test func `every fault that begins ends, and the timeline is in order of time`() {
        let plan = FaultPlan(seed: 3, seconds: 300, kinds: FaultKind.allCases)
        let timeline = plan.timeline
        #expect(zip(timeline, timeline.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(timeline.count { $0.begins } == plan.steps.count)
        #expect(timeline.count { !$0.begins } == plan.steps.count { $0.end > $0.start })
    }

    @Test func `no kinds give an empty plan`() {
        #expect(FaultPlan(seed: 1, seconds: 180, kinds: []).steps.isEmpty)
    }
}
