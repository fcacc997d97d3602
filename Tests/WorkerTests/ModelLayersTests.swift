import Checkpoints
import Foundation
import Networks
import Testing
import Worker

@Suite struct ModelLayersTests {
    @Test func `layers are numbered as the golden files name them, LIF groups first`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let checkpoint = try Checkpoint.load(path: root.appending(path: "pipeline/demo/demo.pth").path)
        let expected = try SafetensorsFile(path: root.appending(path: "pipeline/demo/expected.safetensors").path)
        let layers = ModelLayers(checkpoint.network)
        #expect(layers.groups.map(\.name).joined(separator: ",") == expected.metadata["layers"])
        #expect(layers.synapses.last?.name == "mlp_head.1")
    }
}
