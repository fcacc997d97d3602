import Diagnostics
import NetworkFamilies
import Networks
import Testing

/// What builders do that no golden case shows.
struct FamilyGraphTests {
    private func network(
        _ name: String, _ options: String? = nil, arguments: [String: ArgumentValue] = [:], size: Int? = nil,
        change: (inout [String: [Int]]) -> Void = { _ in }
    ) throws -> Network {
        var shapes = try #require(try NetworkFamilies.named(name)).shapes
        change(&shapes)
        return try NetworkFamilies.recognise(
            shapes: TensorShapes(shapes), options: try options.map { try NetworkOptions(parsing: $0) },
            arguments: SavedArguments(arguments),
            imageSize: size)
    }

    @Test
    func `A transformer's pooling is as its arguments say`() throws {
        let told = try network("sdt-8-384", arguments: ["pooling_stat": .text("0011")], size: 32)
        #expect(told.setting("pooling") == NetworkSetting(key: "pooling", value: "0011", origin: .told))
        #expect(told.activity.groups.first { $0.name == "patch_embed.proj_lif3" }?.shape == [384, 8, 8])
        let integer = try network("sdt-8-384", arguments: ["pooling_stat": .integer(11)], size: 32)
        #expect(integer.graph == told.graph)
        #expect(try network("sdt-8-384", "spike-driven-transformer,pooling=1110").node("patch_embed.proj_conv3.pool") == nil)
    }

    @Test
    func `An MLP as wide inside as outside adds its input after the first layer, too`() throws {
        let network = try network("sdt-8-384") { shapes in
            for (name, shape) in shapes where name.hasPrefix("block.3.mlp.fc") { shapes[name] = shape.map { $0 == 1536 ? 384 : $0 } }
        }
        #expect(network.inputs("block.3.mlp.sum1") == ["block.3.mlp.fc1_bn", "block.3.attn.sum"])
        #expect(network.inputs("block.3.mlp.fc2_lif") == ["block.3.mlp.sum1"])
        #expect(network.inputs("block.3.mlp.sum") == ["block.3.mlp.fc2_bn", "block.3.mlp.sum1"])
        #expect(network.node("block.2.mlp.sum1") == nil)
    }

    @Test
    func `Mixing of heads that nothing reads belongs to a transformer's checkpoint`() throws {
        let network = try network("sdt-8-384") { $0["block.0.attn.talking_heads.weight"] = [6, 6, 1] }
        #expect(network.facts.unusedTensors == ["block.0.attn.talking_heads.weight"])
        #expect(network.setting("heads") == NetworkSetting(key: "heads", value: "6", origin: .told))
    }

    @Test
    func `A larger image is averaged to the grid that a VGG's classifier reads, and a smaller one is refused`() throws {
        let network = try network("spiking-vgg-16", "spiking-vgg,neuron=if", size: 448)
        #expect(network.node("avgpool")?.operation == .averagePool(PoolingWindow(kernel: Extent2(2), stride: Extent2(2))))
        let failure = #expect(throws: Failure.self) { try self.network("spiking-vgg-16", "spiking-vgg,neuron=if", size: 64) }
        #expect(failure?.message.contains("classifier.0") ?? false)
        let other = #expect(throws: Failure.self) {
            try self.network("spiking-vgg-16", "spiking-vgg,neuron=if") { $0["classifier.0.weight"] = [4096, 512 * 50] }
        }
        #expect(other?.message.contains("classifier.0 reads 25600 values, which are no square of 512 channels") ?? false)
    }

    @Test
    func `Pooling behind a VGG's last convolution is assumed, and left out where that is said`() throws {
        let assumed = try network("spiking-vgg-11", "spiking-vgg,neuron=if")
        #expect(assumed.setting("last-pool") == NetworkSetting(key: "last-pool", value: "yes", origin: .assumed))
        let without = try network("spiking-vgg-11", "spiking-vgg,neuron=if,last-pool=no")
        #expect(without.setting("last-pool") == NetworkSetting(key: "last-pool", value: "no", origin: .given))
        let pools = [assumed, without].map { $0.graph.nodes.count { if case .maximumPool = $0.operation { true } else { false } } }
        #expect(pools == [5, 4])
        #expect(without.inputSize == 112)
    }

    @Test
    func `A learned time constant in a checkpoint tells the neuron`() throws {
        let network = try network("spiking-vgg-11") { shapes in
            for index in [1, 4, 7, 9, 12, 14, 17, 19] { shapes["features.\(index).w"] = [] }
            shapes["classifier.1.w"] = []
            shapes["classifier.4.w"] = []
        }
        #expect(network.setting("neuron") == NetworkSetting(key: "neuron", value: "plif", origin: .told))
        #expect(network.graph.parameterSpecifications.count { $0.role == .leak } == 10)
    }

    @Test
    func `A stem that names do not describe is refused`() {
        for name in ["sew-resnet-18", "ms-resnet-18"] {
            let failure = #expect(throws: Failure.self) {
                try network(name) { shapes in
                    for stem in ["conv1.weight", "conv1.0.weight"] where shapes[stem] != nil { shapes[stem] = [64, 3, 3, 3] }
                }
            }
            #expect(failure?.code == .unrecognisedNetwork && failure?.message.contains("7x7") ?? false)
        }
    }

    @Test
    func `Published factors of time steps bound a network's run`() throws {
        let network = try network("mlp-spe-t") { shapes in
            for name in shapes.keys where name.hasSuffix(".running_mean") {
                shapes[name.replacing(".running_mean", with: ".scale")] = [6]
            }
        }
        #expect(network.graph.longestTimeScale == 6 && network.facts.timeSteps == 6)
        #expect(network.longestRun <= 6)
    }
}
