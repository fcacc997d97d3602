import Diagnostics
import Engine
import Networks
import Testing

@Suite struct EngineMemoryTests {
    @Test(arguments: GoldenCase.names + GoldenCase.zoo)
    func `what an engine takes is known before it is taken`(name: String) throws {
        let golden = try GoldenCase(name)
        for format in ["fixed32", "fixed16"] {
            // Some weights are too coarse for sixteen bits.
            guard let engine = try? Engines.make(format, parameters: golden.parameters) as? FixedEngine else { continue }
            for timeSteps in [1, 2, 5, 32] {
                let taken = try engine.makeFixedWorkspace(timeSteps: timeSteps).bytes
                let said = engine.memory(timeSteps: timeSteps, isTracing: false).perThread
                #expect(abs(said - taken) <= taken / 20, "\(name), \(engine.name), \(timeSteps) steps: \(said) said, \(taken) taken")
            }
        }
        let float = try FloatEngine(golden.parameters).memory(timeSteps: 32, isTracing: false)
        let estimate = EngineMemory(ofFloatValues: golden.network, timeSteps: 32)
        #expect(abs(estimate.perThread - float.perThread) <= float.perThread / 2 && estimate.shared == float.shared)
        let traced = try FloatEngine(golden.parameters).memory(timeSteps: 32, isTracing: true)
        #expect(traced.perThread - float.perThread == golden.network.activity.groups.reduce(0) { $0 + $1.neurons } * 32)
    }

    @Test func `more than there is is refused with what it would take`() throws {
        let memory = EngineMemory(shared: 7_000_000, perThread: 5_400_000_000)
        try memory.require(threads: 2, timeSteps: 256, limit: 10_807_000_000)
        let failure = #expect(throws: Failure.self) { try memory.require(threads: 2, timeSteps: 256, limit: 10_806_999_999) }
        #expect(failure?.code == .engineMemory && failure?.message == "256 time steps take 10.8 GB for 2 threads, and there are 10.8 GB")
        #expect(failure?.remedy?.contains("--memory-limit") == true)
        #expect(EngineMemory(shared: 1, perThread: .max).total(threads: 4) == .max)
    }

    private static let controlGroups: [(groups: String, files: [String: String], limit: Int?)] = [
        ("0::/a/b\n", ["/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "2048\n"], 2048),
        ("0::/\n", ["/sys/fs/cgroup/memory.max": "4096\n"], 4096), ("0::/../x\n", [:], nil),
        (
            "3:cpu:/x\n4:memory:/x\n0::/y\n",
            ["/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "512", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"],
            512
        ),
        ("nonsense", [:], nil), ("0::/a", ["/sys/fs/cgroup/a/memory.max": "-3"], nil),
    ]

    @Test(arguments: controlGroups.indices)
    func `a control group's limit is the least of it and those above`(index: Int) {
        let (groups, files, limit) = Self.controlGroups[index]
        #expect(MachineMemory.limit(ofGroups: groups) { files[$0] } == limit)
        #expect(MachineMemory.bytes > 1 << 20)
    }
}
