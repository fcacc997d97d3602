import Checkpoints
import Diagnostics
import FoundationEssentials
import Networks
import Testing

/// The golden networks of all families, as their training scripts save them.
struct ZooCheckpointTests {
    /// What a user has to say of each: nothing, where tensors, arguments or published weights tell it.
    static let cases: [(name: String, choice: String?, family: String)] = [
        ("sew-add", nil, "sew-resnet"), ("sew-iand", nil, "sew-resnet"), ("sew-and", nil, "sew-resnet"),
        ("sew-original", nil, "sew-resnet"),
        ("resnet-if", nil, "spiking-resnet"), ("resnet-original", nil, "spiking-resnet"), ("resnet-soft", nil, "spiking-resnet"),
        ("resnet-tdbn", "spiking-resnet", "spiking-resnet"), ("ms-zoo", nil, "ms-resnet"), ("ms-original", nil, "ms-resnet"),
        ("ms-104", nil, "ms-resnet"), ("vgg-bn", nil, "spiking-vgg"), ("vgg-soft", nil, "spiking-vgg"), ("vgg-plif", nil, "spiking-vgg"),
        ("sdt-zoo", "spike-driven-transformer,heads=4", "spike-driven-transformer"), ("sdt-original", nil, "spike-driven-transformer"),
        ("max-original", nil, "max-former"), ("spe-tebn", nil, "spiking-mlp"), ("spe-tdbn", nil, "spiking-mlp"),
    ]

    @Test(arguments: cases)
    func `A golden network's tensors and neurons are those that PyTorch has`(name: String, choice: String?, family: String) throws {
        let expected = try SafetensorsFile(path: Fixtures.zoo("\(name).expected.safetensors"))
        let checkpoint = try Checkpoint.load(
            path: Fixtures.zoo("\(name).pth"), network: try choice.map { try NetworkChoice(parsing: $0) },
            imageSize: try expected.shape("input")[3])
        #expect(checkpoint.network.facts.family == family)
        let groups = checkpoint.network.activity.groups.map { "\($0.name) \($0.shape)" }
        let recorded = try expected.names.filter { $0.hasPrefix("spikes/") }.map { name in
            "\(name.dropFirst("spikes/".count)) \(Array(try expected.shape(name).dropFirst(2)))"
        }
        #expect(groups.sorted() == recorded.sorted())
        let logits = try expected.shape("logits")
        #expect(checkpoint.network.classes == logits[2])
        #expect(checkpoint.network.facts.timeSteps == logits[0] || checkpoint.savedTimeSteps == nil)
        #expect(Set(checkpoint.parameters.tensors.keys) == Set(checkpoint.network.graph.parameterSpecifications.map(\.name)))
        try checkpoint.parameters.check()
    }

    @Test
    func `What is open is asked for, and what is known is told`() throws {
        let open = failure { try Checkpoint.load(path: Fixtures.zoo("resnet-tdbn.pth")) }
        #expect(open?.code == .checkpointMismatch)
        #expect(open?.remedy == "Say which: --network spiking-resnet|sew-resnet.")
        let network = try Checkpoint.load(path: Fixtures.zoo("sew-original.pth")).network
        #expect(network.inputSize == 224)
        #expect(
            network.facts.settings == [
                NetworkSetting(key: "neuron", value: "if", origin: .assumed),
                NetworkSetting(key: "threshold", value: "1", origin: .assumed),
                NetworkSetting(key: "reset", value: "hard", origin: .assumed), NetworkSetting(key: "connect", value: "add", origin: .told),
                NetworkSetting(key: "size", value: "224", origin: .assumed),
            ])
    }

    @Test
    func `Missing shortcuts of a residual network are listed at once`() throws {
        let whole = try Checkpoint.load(path: Fixtures.zoo("sew-original.pth"))
        var writer = SafetensorsWriter()
        for (name, tensor) in whole.parameters.tensors where !name.contains("layer3.0.downsample") && !name.contains("layer4.0.conv2") {
            writer.add(name, tensor)
        }
        let problem = try Fixtures.withTemporaryFile("x.safetensors") { path in
            try writer.write(to: path)
            return failure { try Checkpoint.load(path: path) }
        }
        #expect(problem?.code == .checkpointMismatch)
        let message = problem?.message ?? ""
        #expect(message.contains("layer3.0.downsample.0.module.0.weight") && message.contains("layer4.0.conv2.module.1.running_var"))
        #expect(message.contains("sew-resnet"))
    }

    @Test
    func `A description in a file of its own makes any checkpoint a network`() throws {
        let whole = try Checkpoint.load(path: Fixtures.zoo("max-original.pth"), imageSize: 64)
        try Fixtures.withTemporaryFile("network.json") { path in
            try whole.network.json.write(toFile: path, atomically: true, encoding: .utf8)
            let described = try Checkpoint.load(
                path: Fixtures.zoo("max-original.pth"), network: try NetworkChoice(parsing: path))
            #expect(described.network.facts.family == nil)
            #expect(described.parameters.tensors == whole.parameters.tensors)
            #expect(described.network.activity.groups.map(\.name) == whole.network.activity.groups.map(\.name))
            let other = failure {
                try Checkpoint.load(
                    path: Fixtures.zoo("max-original.pth"), network: try NetworkChoice(parsing: path), imageSize: 224)
            }
            #expect(other?.message.contains("images of 64 pixels") == true)
        }
    }

    @Test
    func `A safetensors file may hold its description and a probe beside the weights`() throws {
        let whole = try Checkpoint.load(path: Fixtures.zoo("vgg-plif.pth"))
        var writer = SafetensorsWriter(metadata: [NetworkDescription.metadataKey: whole.network.json])
        for (name, tensor) in whole.parameters.tensors { writer.add(name, tensor) }
        writer.add("probe/input", Tensor(shape: [1], values: [0]))
        writer.add("unread", Tensor(shape: [1], values: [0]))
        try Fixtures.withTemporaryFile("x.safetensors") { path in
            try writer.write(to: path)
            let described = try Checkpoint.load(path: path)
            #expect(described.network.facts.family == nil && described.network.facts.timeSteps == 4)
            #expect(described.parameters.tensors == whole.parameters.tensors)
            #expect(described.notices.count == 1 && described.notices[0].contains("'unread'"))
        }
    }
}
