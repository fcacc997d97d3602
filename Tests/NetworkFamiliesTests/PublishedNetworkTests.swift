import Diagnostics
import NetworkFamilies
import Networks
import Testing

struct PublishedNetworkTests {
    @Test(arguments: [
        ("mlp-spe-t", 25_229_180), ("mlp-spe-s", 37_975_568), ("mlp-spe-b", 65_607_184), ("mlp-s", 34_507_408),
        ("spiking-resnet-34", 21_797_672), ("sew-resnet-18", 11_689_512), ("sew-resnet-34", 21_797_672), ("sew-resnet-50", 25_557_032),
        ("sew-resnet-101", 44_549_160), ("sew-resnet-152", 60_192_808), ("ms-resnet-18", 11_693_736), ("ms-resnet-34", 21_801_896),
        ("spiking-vgg-11-bn", 132_868_840), ("spiking-vgg-16", 138_357_544), ("spiking-vgg-16-bn", 138_365_992),
        ("spiking-vgg-19-bn", 143_678_248), ("sdt-8-384", 16_816_024), ("sdt-6-512", 23_373_352), ("sdt-8-512", 29_689_384),
        ("sdt-8-768", 66_338_632), ("max-former-10-384", 16_237_240), ("max-former-10-512", 28_653_480), ("max-former-10-768", 63_992_200),
    ])
    func `A published network has as many parameters as its publication says`(name: String, parameters: Int) throws {
        let network = try #require(try NetworkFamilies.named(name))
        #expect(network.graph.parameterCount == parameters)
        #expect(network.facts.publishedName == name)
        #expect(network.inputSize == 224 && network.classes == 1000)
    }

    @Test
    func `Every published network is recognised by its own tensors`() throws {
        for name in NetworkFamilies.publishedNames {
            let network = try #require(try NetworkFamilies.named(name))
            let found = try NetworkFamilies.recognise(shapes: TensorShapes(network.shapes), own: network.options)
            let isEqual = found.graph == network.graph
            #expect(isEqual, "\(name)")
            #expect(found.facts.publishedName == name)
            #expect(found.facts.published == network.facts.published)
        }
    }

    @Test
    func `A published network may be had in another size and with other neurons`() throws {
        let network = try #require(
            try NetworkFamilies.named(
                "spiking-resnet-34", options: try NetworkOptions(parsing: "spiking-resnet,threshold=0.75"), imageSize: 64))
        #expect(network.inputSize == 64 && network.neuron("sn1") == Neuron(leak: .tau(4.0 / 3), decaysInput: false, threshold: 0.75))
        #expect(network.setting("threshold")?.origin == .given && network.setting("tau")?.origin == .told)
        #expect(network.facts.publishedName == nil && network.facts.published.isEmpty)
        let integrating = try #require(
            try NetworkFamilies.named("spiking-resnet-34", options: try NetworkOptions(parsing: "spiking-resnet,neuron=if")))
        #expect(integrating.neuron("sn1") == Neuron(leak: .none, decaysInput: true, threshold: 0.5))
        let failure = #expect(throws: Failure.self) {
            try NetworkFamilies.named("sew-resnet-18", options: try NetworkOptions(parsing: "ms-resnet"))
        }
        #expect(failure?.message.contains("not those of a ms-resnet") ?? false)
        #expect(throws: Failure.self) { try NetworkFamilies.named("mlp-spe-t", imageSize: 64) }
    }

    @Test
    func `A network that nobody published has no published accuracy`() throws {
        let network = try #require(try NetworkFamilies.named("sew-resnet-34"))
        let and = try NetworkFamilies.recognise(
            shapes: TensorShapes(network.shapes), options: try NetworkOptions(parsing: "sew-resnet,connect=and"))
        #expect(and.facts.publishedName == nil && and.facts.published.isEmpty)
        let larger = try NetworkFamilies.recognise(shapes: TensorShapes(network.shapes), imageSize: 288)
        #expect(larger.facts.publishedName == nil)
        #expect(try NetworkFamilies.named("sew-resnet-35") == nil)
    }

    @Test
    func `A SEW-ResNet-34 is the published one in SpikingJelly's spelling as well`() throws {
        let network = try #require(try NetworkFamilies.named("sew-resnet-34"))
        let shapes = Dictionary(
            uniqueKeysWithValues: network.shapes.map { name, shape in
                (
                    name.replacing(".downsample.0.module.", with: ".downsample.")
                        .replacing(/conv(\d)\.module\.0/) { "conv\($0.1)" }.replacing(/conv(\d)\.module\.1/) { "bn\($0.1)" }, shape
                )
            })
        let found = try NetworkFamilies.recognise(
            shapes: TensorShapes(shapes), options: try NetworkOptions(parsing: "sew-resnet,neuron=if,connect=add"))
        #expect(found.facts.published.map(\.top1) == [67.04])
        #expect(found.shapes == shapes)
    }
}
