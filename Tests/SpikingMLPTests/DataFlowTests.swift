import SpikingMLP
import Testing

@Suite struct DataFlowTests {
    @Test(arguments: Family.allCases) func `each LIF group stands once in the order of the data, a block's parts in theirs`(family: Family)
    {
        let architecture = Architecture(
            family: family, dim: 24, depths: [1, 2, 1, 1], alpha: 3, patchSize: 4, imageSize: 64, classes: 20)
        let flow = architecture.groupsInDataFlow
        #expect(flow.sorted() == Array(architecture.lifGroups.indices))
        let names = flow.map { architecture.lifGroups[$0].name }
        #expect(names.first == "to_patch_embedding_lif.0")
        #expect(names.last == "channel_mix_lif.4")
        let block = ["token_mix.1.proj_w.3", "token_mix.1.proj_h.3", "token_mix_lif.1", "channel_mix.1.1.net.2", "channel_mix_lif.1"]
        let places = block.compactMap { names.firstIndex(of: $0) }
        #expect(places == places.sorted() && places.count == block.count)
        #expect(names.firstIndex(of: "to_patch_embedding_lif.1")! > names.firstIndex(of: "channel_mix_lif.0")!)
    }

    @Test func `the first convolution's operations are those that the database counts`() {
        let architecture = Architecture(
            family: .spe, dim: 78, depths: [2, 8, 14, 2], alpha: 3, patchSize: 4, imageSize: 224, classes: 1000)
        #expect(architecture.firstConvolutionOperations == 11_741_184)
    }
}
