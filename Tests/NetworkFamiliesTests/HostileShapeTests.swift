import Diagnostics
import NetworkFamilies
import Networks
import Testing

/// Shapes from outside give one error, whatever they claim, and nothing is allocated by it.
struct HostileShapeTests {
    @Test(arguments: ["mlp-spe-t", "sew-resnet-50", "ms-resnet-104", "spiking-vgg-16-bn", "sdt-8-384", "max-former-10-384"])
    func `Any tensor may be missing, enormous, empty or of another rank`(name: String) throws {
        let shapes = try #require(try NetworkFamilies.named(name)).shapes
        let options = name.contains("vgg") ? try NetworkOptions(parsing: "spiking-vgg,neuron=if") : nil
        let names = shapes.keys.sorted()
        for tensor in stride(from: 0, to: names.count, by: max(1, names.count / 40)).map({ names[$0] }) {
            for shape in [
                nil, [1_000_000_000, 1_000_000_000], [0], [Int.max, Int.max, Int.max, Int.max], [-1, 3, 3, 3], [1, 1, 1, 1], [],
            ] {
                var changed = shapes
                changed[tensor] = shape
                do {
                    let network = try NetworkFamilies.recognise(shapes: TensorShapes(changed), options: options)
                    #expect(network.graph.parameterCount <= NetworkLimit.parameters)
                } catch {
                    #expect(
                        [.unrecognisedNetwork, .invalidNetwork, .invalidNetworkOptions].contains(error.code), "\(tensor): \(error.message)")
                }
            }
        }
    }

    @Test(arguments: ["mlp-spe-t", "sew-resnet-34", "ms-resnet-34", "spiking-vgg-11", "sdt-8-384", "max-former-10-384"])
    func `An image too small for the network is refused`(name: String) throws {
        let shapes = try #require(try NetworkFamilies.named(name)).shapes
        let options = name.contains("vgg") ? try NetworkOptions(parsing: "spiking-vgg,neuron=if") : nil
        for size in [0, -1, 1, 1 << 40] {
            let network = try? NetworkFamilies.recognise(shapes: TensorShapes(shapes), options: options, imageSize: size)
            #expect(network == nil || size == 1)
        }
    }

    @Test
    func `A state dict that is nobody's is refused with the families`() {
        let failure = #expect(throws: Failure.self) {
            try NetworkFamilies.recognise(shapes: TensorShapes(["encoder.0.weight": [3, 3], "decoder.0.weight": [3, 3]]))
        }
        #expect(failure?.code == .unrecognisedNetwork)
        #expect(failure?.message.contains("max-former") ?? false)
    }
}
