import Diagnostics
import SpikingMLP
import Testing

@Suite struct ArchitectureTests {
    static let demo = Architecture(family: .spe, dim: 24, depths: [1, 2, 2, 1], alpha: 3, patchSize: 4, imageSize: 64, classes: 20)

    @Test func `The demo network has the parameters that PyTorch counts`() {
        #expect(Self.demo.parameterCount == 871_176)
    }

    @Test(arguments: [("mlp-spe-t", 25.23), ("mlp-spe-s", 37.98), ("mlp-spe-b", 65.61), ("mlp-s", 34.51)])
    func `The paper's networks have the paper's number of parameters`(name: String, millions: Double) throws {
        let architecture = try #require(Architecture.named(name))
        try architecture.validate()
        #expect(architecture.paperName == name)
        #expect(abs(Double(architecture.parameterCount) / 1e6 - millions) < 0.005)
    }

    @Test func `A network with other classes than the paper's does not bear its name`() throws {
        var architecture = try #require(Architecture.named("mlp-spe-t"))
        architecture.classes = 20
        #expect(architecture.paperName == nil)
        #expect(Architecture.named("mlp-spe-x") == nil)
    }

    @Test func `Tensor names are unique and the batch normalisations are listed in their order`() {
        let names = Self.demo.parameterSpecifications.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(
            Self.demo.batchNormNames.prefix(3) == [
                "to_patch_embedding.0.1", "to_patch_embedding.1.cell2node.0.1", "to_patch_embedding.1.cell2node.1.1",
            ])
        #expect(Self.demo.batchNormNames.last == "batch_norm")
    }

    @Test(arguments: [
        ("divide channels by 3", changed { $0.dim = 25 }), ("dim is 0", changed { $0.dim = 0 }), ("alpha is -1", changed { $0.alpha = -1 }),
        ("patch size is 0", changed { $0.patchSize = 0 }), ("not a multiple of 32", changed { $0.imageSize = 63 }),
        ("image size", changed { $0.imageSize = .min }), ("classes is 0", changed { $0.classes = 0 }),
        ("classes", changed { $0.classes = .max }), ("stage 2 is 0", changed { $0.depths[2] = 0 }),
        ("stage 1", changed { $0.depths[1] = 1 << 40 }), ("3 stages", changed { $0.depths.removeLast() }),
    ])
    func `A dimension that cannot be built is refused by name`(named: String, architecture: Architecture) {
        let failure = #expect(throws: Failure.self) { try architecture.validate() }
        #expect(failure?.code == .invalidArchitecture)
        #expect(failure?.message.contains(named) == true)
    }

    static func changed(_ change: (inout Architecture) -> Void) -> Architecture {
        var architecture = demo
        change(&architecture)
        return architecture
    }

    @Test func `Dimensions within their limits whose product takes memory beyond reason are refused`() {
        let wide = Architecture(
            family: .plain, dim: 4096, depths: [256, 256, 256, 256], alpha: 64, patchSize: 1, imageSize: 4096, classes: 1 << 20)
        #expect(throws: Failure.self) { try wide.validate() }
        let fine = Architecture(family: .plain, dim: 64, depths: [1, 1, 1, 1], alpha: 1, patchSize: 1, imageSize: 2048, classes: 10)
        let failure = #expect(throws: Failure.self) { try fine.validate() }
        #expect(failure?.message.contains("neurons") == true)
    }

    @Test func `mlp-spe-t has the neurons, groups and dense operations of the paper's network`() throws {
        let architecture = try #require(Architecture.named("mlp-spe-t"))
        #expect(architecture.lifGroups.count == 140)
        #expect(abs(Double(architecture.lifGroups.reduce(0) { $0 + $1.neurons }) / 1e6 - 17.3) < 0.05)
        #expect(abs(Double(architecture.synapticLayers.reduce(0) { $0 + $1.denseOperations }) / 1e9 - 4.97) < 0.01)
        #expect(abs(Double(architecture.firstConvolutionOperations) / 1e6 - 11.7) < 0.05)
    }
}
