import Checkpoints
import Diagnostics
import Engine
import Networks
import Testing

/// A network that carries what its own code gave.
struct NetworkProbeTests {
    private let parameters: Parameters
    private let probe: NetworkProbe

    /// The golden case: its own code is PyTorch's.
    init() throws {
        let golden = try GoldenCase("sew-iand")
        let expected = golden.expected
        parameters = golden.parameters
        var spikes: [String: Trace.Spikes] = [:]
        for tensor in expected.names where tensor.hasPrefix("spikes/") {
            let name = String(tensor.dropFirst("spikes/".count))
            spikes[name] = Trace.Spikes(name: name, shape: try expected.shape(tensor), values: try expected.bytes(tensor))
        }
        probe = NetworkProbe(input: try expected.tensor("input"), logits: try expected.tensor("logits"), spikes: spikes)
    }

    @Test
    func `A network is the function that PyTorch computed`() throws {
        let verdict = try probe.verdict(on: parameters)
        #expect(verdict.parting == nil)
        #expect(verdict.comparedSpikes == probe.spikes.values.reduce(0) { $0 + $1.values.count })
        #expect((verdict.logitDifference ?? 1) <= 1e-5)
        #expect(verdict.text.hasPrefix("the same function: every spike of"))
    }

    @Test
    func `The first group in the order of the data that parts is named, with its time step`() throws {
        let groups = parameters.network.activity.groupsInDataFlow.map { parameters.network.activity.groups[$0] }
        var changed = probe
        for group in groups[3...] {
            let last = try #require(changed.spikes[group.name]).values.count - 1
            changed.spikes[group.name]?.values[last] ^= 1
        }
        let verdict = try changed.verdict(on: parameters)
        let place = groups[3].shape.map { $0 - 1 }
        let (steps, images) = (probe.logits.shape[0], probe.input.shape[0])
        #expect(
            verdict.parting?.hasPrefix(
                "the neurons \(groups[3].name) are the first to part, in time step \(steps) of image \(images) at \(place): 1 of their ")
                == true,
            "\(verdict.parting ?? "")")
        #expect(verdict.text.hasPrefix("NOT the function of its own code"))
    }

    @Test
    func `Other logits behind the same spikes are told with their place`() throws {
        var changed = probe
        changed.logits.values[probe.logits.values.count - 1] += 0.01
        let verdict = try changed.verdict(on: parameters)
        #expect(verdict.parting?.contains("the logit of class \(probe.logits.shape[2] - 1) in time step \(probe.logits.shape[0])") == true)
    }

    @Test
    func `A probe that is not one of the network is refused before anything is computed`() {
        let changes: [(inout NetworkProbe) -> Void] = [
            { $0.input = Tensor(shape: [1_000_000, 0], values: []) }, { $0.logits.shape = [] },
            { $0.input.values[0] = .nan }, { $0.spikes.removeValue(forKey: "sn1") }, { $0.spikes["sn1"]?.values[0] = 7 },
            { $0.spikes["sn1"]?.shape = [0] },
        ]
        for change in changes {
            var other = probe
            change(&other)
            let failure = #expect(throws: Failure.self) { try other.verdict(on: parameters) }
            #expect(failure?.code == .probe)
        }
    }
}
