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

    @Test
    func `A description may name tensors as a compiled part's state dict does`() throws {
        let whole = try Checkpoint.load(path: Fixtures.zoo("vgg-plif.pth"))
        var description = whole.network.json
        var names: [(own: String, stored: String)] = []
        for name in whole.parameters.tensors.keys.sorted() {
            let place = try #require(name.firstIndex(of: "."))
            names.append((name, "\(name[..<place])._orig_mod\(name[place...])"))
            description = description.replacing("\"\(name)\"", with: "\"\(names[names.count - 1].stored)\"")
        }
        var writer = SafetensorsWriter(metadata: [NetworkDescription.metadataKey: description])
        for (own, stored) in names { writer.add(stored, try #require(whole.parameters.tensors[own])) }
        try Fixtures.withTemporaryFile("x.safetensors") { path in
            try writer.write(to: path)
            let described = try Checkpoint.load(path: path)
            for (own, stored) in names { #expect(described.parameters.tensors[stored] == whole.parameters.tensors[own]) }
        }
    }

    @Test
    func `A model keeps a description itself, and is read by it without the file`() throws {
        let whole = try Checkpoint.load(path: Fixtures.zoo("max-original.pth"), imageSize: 64)
        let first = try Fixtures.withTemporaryFile("network.json") { path in
            try "\n\(whole.network.json)\n".write(toFile: path, atomically: true, encoding: .utf8)
            return CheckpointDescription(
                try Checkpoint.load(path: Fixtures.zoo("max-original.pth"), network: try NetworkChoice(parsing: path)))
        }
        let kept = try #require(first.network)
        let again = try Checkpoint.load(path: Fixtures.zoo("max-original.pth"), network: try NetworkChoice(parsing: kept))
        #expect(CheckpointDescription(again) == first)
        #expect(first.reading.hasPrefix("description ") && first.reading.count == "description ".count + 64)
    }

    @Test
    func `What is said of a file tells two readings of it apart`() throws {
        func reading(_ choice: String?, size: Int? = nil) throws -> String {
            CheckpointDescription(
                try Checkpoint.load(
                    path: Fixtures.zoo("sew-original.pth"), network: try choice.map { try NetworkChoice(parsing: $0) }, imageSize: size)
            ).reading
        }
        #expect(try reading(nil) == "")
        #expect(try reading(nil, size: 96) == "size=96")
        #expect(try reading("sew-resnet,neuron=lif", size: 96) == "sew-resnet,neuron=lif,size=96")
    }

    @Test
    func `Metadata may say what tensors do not, and the user may not contradict it`() throws {
        let whole = try Checkpoint.load(
            path: Fixtures.zoo("resnet-soft.pth"), network: try NetworkChoice(parsing: "spiking-resnet"), imageSize: 64)
        var writer = SafetensorsWriter(metadata: ["network": "spiking-resnet,neuron=lif,tau=4/3", "image_size": "64"])
        for (name, tensor) in whole.parameters.tensors { writer.add(name, tensor) }
        try Fixtures.withTemporaryFile("x.safetensors") { path in
            try writer.write(to: path)
            func load(_ choice: String?, size: Int? = nil) throws -> Network {
                try Checkpoint.load(path: path, network: try choice.map { try NetworkChoice(parsing: $0) }, imageSize: size).network
            }
            let told = try load(nil)
            #expect(told.inputSize == 64)
            for (key, value) in [("neuron", "lif"), ("tau", "4/3"), ("size", "64")] {
                #expect(told.facts.settings.contains(NetworkSetting(key: key, value: value, origin: .told)), "\(key)")
            }
            let given = try load("spiking-resnet,threshold=0.5", size: 32)
            #expect(given.inputSize == 32)
            #expect(given.facts.settings.contains(NetworkSetting(key: "threshold", value: "0.5", origin: .given)))
            #expect(given.facts.settings.contains(NetworkSetting(key: "tau", value: "4/3", origin: .told)))
            let contradiction = failure { try load("spiking-resnet,tau=2") }
            #expect(contradiction?.message.contains("tau is 4/3 by the checkpoint, and --network says 2") == true)
        }
    }

    @Test
    func `Time steps are those of the training, else of the description, else of the publications`() throws {
        #expect(try Checkpoint.load(path: Fixtures.zoo("sew-original.pth")).timeSteps == 4)
        let zoo = try Checkpoint.load(path: Fixtures.zoo("ms-zoo.pth"))
        #expect(zoo.savedTimeSteps == nil && zoo.timeSteps == 6)
        let json = zoo.network.json.replacing("\"timesteps\": 6", with: "\"timesteps\": 3")
        let described = try Checkpoint.load(
            path: Fixtures.zoo("ms-zoo.pth"), network: .description(json: json, name: "network.json"))
        #expect(described.timeSteps == 3)
    }
}
