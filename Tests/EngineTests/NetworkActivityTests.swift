import NetworkFamilies
import Networks
import Testing

@Suite struct NetworkActivityTests {
    @Test func `mlp-spe-t has the neurons, groups and dense operations of the paper's network`() throws {
        let network = try #require(try NetworkFamilies.named("mlp-spe-t"))
        #expect(network.activity.groups.count == 140)
        #expect(abs(Double(network.activity.neurons) / 1e6 - 17.3) < 0.05)
        #expect(abs(Double(network.activity.layers.reduce(0) { $0 + $1.denseOperations }) / 1e9 - 4.97) < 0.01)
        #expect(network.activity.inputOperations == 11_741_184)
    }

    @Test func `Only layers on currents that run through a network multiply behind its first neurons`() throws {
        let multiplying = [
            "sew-resnet-34": 0, "spiking-resnet-34": 0, "ms-resnet-34": 3, "spiking-vgg-16-bn": 0, "sdt-8-384": 0, "max-former-10-384": 0,
            "mlp-spe-t": 0, "mlp-s": 0,
        ]
        for (name, count) in multiplying {
            let network = try #require(try NetworkFamilies.named(name))
            #expect(network.activity.multiplying.count { !$0.isInput } == count, "\(name)")
            // An MS-ResNet's first shortcut reads the first convolution's currents.
            #expect(network.activity.multiplying.count { $0.isInput } == (count == 0 ? 1 : 2), "\(name)")
        }
    }

    @Test func `A layer that reads counts does as many operations as there are spikes in them`() throws {
        let network = try #require(try NetworkFamilies.named("sew-resnet-34"))
        let layer = try #require(network.activity.layers.first { $0.name.hasPrefix("layer1.1.conv1") })
        #expect(layer.largest == 2)
        #expect(layer.denseOperations == 2 * (56 * 3 - 2) * (56 * 3 - 2) * 64 * 64)
    }
}
