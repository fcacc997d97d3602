import Checkpoints
import Diagnostics
import Networks
import Testing

@Suite("State dicts that are not quite a network")
struct NetworkMatchingTests {
    private func golden(_ name: String = "spe-tiny") throws -> [String: Tensor] {
        try Checkpoint.load(path: Fixtures.network("\(name).safetensors")).parameters.tensors
    }

    private func load(_ tensors: [String: Tensor]) throws -> Checkpoint {
        var writer = SafetensorsWriter()
        for (name, tensor) in tensors { writer.add(name, tensor) }
        return try Fixtures.withTemporaryFile("x.safetensors") { path in
            try writer.write(to: path)
            return try Checkpoint.load(path: path)
        }
    }

    private func zeros(_ shape: [Int]) -> Tensor {
        Tensor(shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
    }

    @Test("missing, surplus and mis-shaped tensors are listed all at once")
    func mismatch() throws {
        var tensors = try golden()
        tensors["mlp_head.1.bias"] = nil
        tensors["token_mix.0.fuse.1.running_var"] = nil
        tensors["token_mix.0.proj_h.1.weight"] = zeros([3, 3, 1, 1])
        tensors["head.extra"] = zeros([1])
        let problem = failure { try load(tensors) }
        #expect(problem?.code == .checkpointMismatch)
        let message = problem?.message ?? ""
        #expect(message.contains("2 missing: token_mix.0.fuse.1.running_var, mlp_head.1.bias"))
        #expect(message.contains("1 mis-shaped: token_mix.0.proj_h.1.weight is [3, 3, 1, 1] and not [16, 16, 1, 1]"))
        #expect(message.contains("1 surplus: 'head.extra'"))
    }

    @Test("prefixes that all names share are taken off in any nesting; one that only some have stays")
    func prefixes() throws {
        let tensors = try golden()
        for prefix in ["module.", "_orig_mod.", "model.", "net.", "model._orig_mod.module.", "what.ever."] {
            let wrapped = Dictionary(uniqueKeysWithValues: tensors.map { (prefix + $0.key, $0.value) })
            #expect(try load(wrapped).parameters.tensors == tensors, "\(prefix)")
        }
        var averaged = Dictionary(uniqueKeysWithValues: tensors.map { ("module." + $0.key, $0.value) })
        averaged["n_averaged"] = zeros([])
        let checkpoint = try load(averaged)
        #expect(checkpoint.parameters.tensors == tensors)
        #expect(checkpoint.notices.count == 1 && checkpoint.notices[0].contains("'n_averaged'"))
        var partly = tensors
        partly["module.mlp_head.1.bias"] = partly.removeValue(forKey: "mlp_head.1.bias")
        #expect(failure { try load(partly) }?.message.contains("'module.mlp_head.1.bias'") == true)
    }

    @Test("what tools and neurons leave is left out with a notice, where nothing of the network is missing")
    func leftOvers() throws {
        var tensors = try golden()
        let whole = tensors
        tensors["token_mix.0.fuse.total_ops"] = zeros([1])
        tensors["token_mix.0.fuse.2.mem"] = zeros([1, 16, 16, 16])
        let checkpoint = try load(tensors)
        #expect(checkpoint.parameters.tensors == whole)
        #expect(
            checkpoint.notices == [
                "2 entries of the state dict that no inference needs were left out: 'token_mix.0.fuse.2.mem', 'token_mix.0.fuse.total_ops'"
            ])
        tensors["token_mix.0.fuse.2.w"] = zeros([])
        #expect(
            failure { try load(tensors) }?.message.contains("1 surplus: 'token_mix.0.fuse.2.w'") == true,
            "a neuron's parameter is none of these")
    }

    @Test("losses and metrics that stand beside a network and its prefix are left out with a notice")
    func losses() throws {
        var tensors = Dictionary(uniqueKeysWithValues: try golden().map { ("model.\($0)", $1) })
        for name in ["criterion.weight", "loss_fn.table", "train_acc.correct"] { tensors[name] = zeros([10]) }
        let checkpoint = try load(tensors)
        #expect(checkpoint.notices.contains { $0.contains("'criterion.weight', 'loss_fn.table', 'train_acc.correct'") })
        tensors["aside.weight"] = zeros([10])
        #expect(throws: Failure.self) { try load(tensors) }
    }

    @Test("a refusal says which tensors are there")
    func refusal() throws {
        let problem = failure { try load(["features.0.weight": zeros([2, 3]), "classifier.bias": zeros([2])]) }
        #expect(problem?.message.hasSuffix("); the first tensors are 'classifier.bias' [2], 'features.0.weight' [2, 3]") == true)
        #expect(problem?.cause == nil, "a cause would be said twice")
    }

    @Test("the list is bounded, and the count is of all")
    func boundedList() throws {
        var tensors = try golden()
        for index in 0..<500 { tensors["surplus.\(index)"] = zeros([1]) }
        let message = failure { try load(tensors) }?.message ?? ""
        #expect(message.contains("500 surplus"))
        #expect(message.count < 2000)
    }

    @Test("a block without any tensor is reported as missing")
    func missingBlock() throws {
        let tensors = try golden().filter { !$0.key.hasPrefix("token_mix.1.") && !$0.key.hasPrefix("channel_mix.1.") }
        #expect(failure { try load(tensors) }?.message.contains("missing: token_mix.1.") == true)
    }

    @Test("plain and wrapped BN names may be mixed, but nothing may be there twice")
    func mixedSpellings() throws {
        let tensors = try golden()
        var renamed = tensors
        renamed["batch_norm.0.weight"] = renamed.removeValue(forKey: "batch_norm.weight")
        #expect(try load(renamed).parameters.tensors == tensors)
        var doubled = tensors
        doubled["batch_norm.0.weight"] = tensors["batch_norm.weight"]
        #expect(failure { try load(doubled) }?.code == .checkpointMismatch)
    }

    @Test("NaN, infinity and a negative variance are refused by name")
    func invalidValues() throws {
        for (name, value) in [("mlp_head.1.bias", Float.nan), ("batch_norm.weight", .infinity), ("batch_norm.running_var", -1)] {
            var tensors = try golden()
            tensors[name]?.values[1] = value
            let problem = failure { try load(tensors) }
            #expect(problem?.code == .checkpointInvalidValue)
            #expect(problem?.message.contains(name) == true)
        }
    }

    @Test("what is no network at all is refused with what nothing tells")
    func noNetwork() throws {
        let problem = failure { try load(["w": zeros([2])]) }
        #expect(problem?.code == .checkpointMismatch)
        #expect(problem?.message.contains("no family") == true)
    }

    @Test("shapes of a network that cannot be built are refused before its tensors are looked for")
    func nonsense() throws {
        var tensors = try golden()
        tensors = tensors.filter { !$0.key.hasPrefix("token_mix.4") && !$0.key.hasPrefix("channel_mix.4") }
        let problem = failure { try load(tensors) }
        #expect(problem?.code == .checkpointMismatch)
        #expect(problem?.message.contains("do not make up the network") == false, "which is what missing tensors are said with")
    }

    @Test("every architecture is told from the shapes of its own tensors")
    func detection() throws {
        for sizes in [
            #"{"family": "spe", "dim": 6, "depths": [1, 1, 3, 2], "alpha": 2, "patch": 2, "image": 32, "classes": 3}"#,
            #"{"family": "plain", "dim": 5, "depths": [2, 1, 1, 1], "alpha": 4, "patch": 4, "image": 32, "classes": 2}"#,
            #"{"family": "spe", "dim": 3, "depths": [1, 2, 1, 4], "alpha": 1, "patch": 1, "image": 8, "classes": 1}"#,
        ] {
            let network = try recorded(sizes)
            let tensors = Dictionary(
                uniqueKeysWithValues: network.graph.parameterSpecifications.map { ($0.name, zeros($0.shape)) })
            #expect(try load(tensors).network.graph == network.graph)
        }
    }
}
