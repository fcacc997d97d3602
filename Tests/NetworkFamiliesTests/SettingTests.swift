import Diagnostics
import NetworkFamilies
import Networks
import Testing

/// What tensors do not tell: told by saved arguments, given by the user, assumed, or refused.
struct SettingTests {
    private let original: [String: [Int]]
    private let zoo: [String: [Int]]

    init() throws {
        original = try #require(try NetworkFamilies.named("sew-resnet-18")).shapes
        zoo = try #require(try NetworkFamilies.named("spiking-resnet-34")).shapes
    }

    @Test
    func `Published weights are assumed to be of integrate-and-fire neurons whose branches are added`() throws {
        let network = try NetworkFamilies.recognise(shapes: TensorShapes(original))
        #expect(network.facts.family == "sew-resnet")
        #expect(network.setting("connect") == NetworkSetting(key: "connect", value: "add", origin: .assumed))
        #expect(network.setting("neuron") == NetworkSetting(key: "neuron", value: "if", origin: .assumed))
        #expect(network.setting("size") == NetworkSetting(key: "size", value: "224", origin: .assumed))
        #expect(network.neuron("layer1.0.sn1") == Neuron(leak: .none))
    }

    @Test
    func `Saved arguments tell how branches join, and the user gives what they leave open`() throws {
        let network = try NetworkFamilies.recognise(
            shapes: TensorShapes(original), options: try NetworkOptions(parsing: "sew-resnet,neuron=lif,tau=3,reset=soft"),
            arguments: SavedArguments(["connect_f": .text("IAND"), "T": .integer(6)]), imageSize: 96)
        #expect(network.setting("connect")?.origin == .told)
        #expect(network.setting("tau") == NetworkSetting(key: "tau", value: "3", origin: .given))
        #expect(network.setting("size")?.origin == .given)
        #expect(network.neuron("sn1") == Neuron(leak: .tau(3), reset: .soft))
        #expect(network.node("layer1.0.iand")?.operation == .iand)
        #expect(network.inputs("layer1.0.iand") == ["maxpool", "layer1.0.sn2"])
        #expect(network.facts.timeSteps == 6)
    }

    @Test
    func `SpikingJelly's names do not tell SEW-ResNets from others, which is refused`() {
        let failure = #expect(throws: Failure.self) { try NetworkFamilies.recognise(shapes: TensorShapes(zoo)) }
        #expect(failure?.code == .unrecognisedNetwork)
        #expect(failure?.remedy?.contains("spiking-resnet|sew-resnet") ?? false)
    }

    @Test(arguments: [
        (["model": "sew_resnet34"], "sew-resnet"), (["cnf": "ADD"], "sew-resnet"), (["arch": "spiking_resnet34"], "spiking-resnet"),
    ])
    func `Arguments that name the model or how branches join tell the two apart`(arguments: [String: String], family: String) throws {
        let network = try NetworkFamilies.recognise(
            shapes: TensorShapes(zoo),
            arguments: SavedArguments(
                arguments.merging(["neuron": "IF", "connect_f": family == "sew-resnet" ? "ADD" : nil].compactMapValues(\.self)) { one, _ in
                    one
                }
                .mapValues { .text($0) }))
        #expect(network.facts.family == family)
    }

    @Test
    func `Everything that is open is asked for at once`() {
        let failure = #expect(throws: Failure.self) {
            try NetworkFamilies.recognise(shapes: TensorShapes(zoo), options: try NetworkOptions(parsing: "sew-resnet"))
        }
        #expect(failure?.code == .invalidNetworkOptions)
        #expect(failure?.remedy == "Say it: --network sew-resnet,neuron=lif|if|plif,connect=add|and|iand.")
    }

    @Test(arguments: [
        ("sew-resnet,connect=add", "connect is iand by the checkpoint, and --network says add"),
        ("sew-resnet,heads=8", "has no heads"), ("sew-resnet,neuron=if,tau=2", "has no tau"),
        ("spiking-resnet", "not those of a spiking-resnet, but of a sew-resnet"),
        ("max-former", "not those of a max-former, but of a sew-resnet"),
    ])
    func `Options that contradict the checkpoint are refused`(text: String, complaint: String) {
        let failure = #expect(throws: Failure.self) {
            try NetworkFamilies.recognise(
                shapes: TensorShapes(original), options: try NetworkOptions(parsing: text),
                arguments: SavedArguments(["cnf": .text("IAND")]))
        }
        #expect(failure?.message.contains(complaint) ?? false, "\(failure?.message ?? "")")
    }

    @Test(arguments: [
        ("LIFNode", Neuron()), ("neuron.IFNode", Neuron(leak: .none)), ("MultiStepLIFNode", Neuron()),
        ("LIF tau=4/3 decay_input=False v_threshold=0.5", Neuron(leak: .tau(4.0 / 3), decaysInput: false, threshold: 0.5)),
        ("IF v_reset=None (soft)", Neuron(leak: .none, reset: .soft)), ("ParametricLIFNode", Neuron(leak: .learned("sn1.w"))),
    ])
    func `Arguments name neurons as SpikingJelly does`(text: String, neuron: Neuron) throws {
        let network = try NetworkFamilies.recognise(
            shapes: TensorShapes(zoo), options: try NetworkOptions(parsing: "spiking-resnet"),
            arguments: SavedArguments(["neuron": .text(text)]))
        #expect(network.neuron("sn1") == neuron)
    }

    @Test
    func `A size that the tensors contradict is refused`() throws {
        let network = try #require(try NetworkFamilies.named("mlp-spe-t"))
        let failure = #expect(throws: Failure.self) { try NetworkFamilies.recognise(shapes: TensorShapes(network.shapes), imageSize: 64) }
        #expect(failure?.message.contains("images of 224 pixels") ?? false)
    }
}
