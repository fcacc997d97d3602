import Checkpoints
import Foundation
import Networks
import Testing

@Suite("Checkpoints of the golden cases and the demo")
struct GoldenCheckpointTests {
    @Test("the .pth and the .safetensors of a case give the same parameters", arguments: ["spe-tiny", "plain-tiny", "spe-t6"])
    func torchEqualsSafetensors(_ name: String) throws {
        let torch = try Checkpoint.load(path: Fixtures.network("\(name).pth"))
        let safetensors = try Checkpoint.load(path: Fixtures.network("\(name).safetensors"))
        #expect(torch.parameters.tensors == safetensors.parameters.tensors)
        #expect(torch.network.graph == safetensors.network.graph)
        #expect(torch.format == .torch && safetensors.format == .safetensors)
    }

    @Test("distributed and synchronised-BN names give the weights of the plain names", arguments: ["ddp", "syncbn"])
    func spellings(_ spelling: String) throws {
        let expected = try Checkpoint.load(path: Fixtures.network("spe-tiny.pth"))
        let checkpoint = try Checkpoint.load(path: Fixtures.network("spe-tiny.\(spelling).pth"))
        #expect(checkpoint.parameters.tensors == expected.parameters.tensors)
        #expect(checkpoint.savedTimeSteps == nil)
    }

    @Test("the architecture told from shapes is the one the metadata names", arguments: ["spe-tiny", "plain-tiny", "spe-t6"])
    func architecture(_ name: String) throws {
        let metadata = try SafetensorsFile(path: Fixtures.network("\(name).safetensors")).metadata
        let network = try Checkpoint.load(path: Fixtures.network("\(name).pth")).network
        func size(_ name: String) -> String? { network.facts.sizes.first { $0.name == name }?.value }
        #expect(size("depths")?.replacing(" ", with: "") == metadata["depths"])
        #expect(size("dim") == metadata["dim"] && size("alpha") == metadata["alpha"] && size("patch") == metadata["patch_size"])
        #expect(String(network.inputSize) == metadata["image_size"])
        #expect(String(network.classes) == metadata["num_classes"])
        let hasPatchCells = network.graph.nodes.contains { $0.operation == .concatenate && $0.name.hasPrefix("to_patch_embedding") }
        #expect((hasPatchCells ? "spe" : "plain") == metadata["architecture"])
    }

    @Test("the saved training arguments tell T and the epoch")
    func savedArguments() throws {
        let checkpoint = try Checkpoint.load(path: Fixtures.network("spe-t6.pth"))
        #expect(checkpoint.savedTimeSteps == 6)
        #expect(checkpoint.epoch == 3)
        #expect(try Checkpoint.load(path: Fixtures.network("spe-t6.safetensors")).savedTimeSteps == 6)
    }

    @Test("the demo's description has 871,176 parameters, the file's SHA-256 and all its keys as JSON")
    func demoDescription() throws {
        let description = CheckpointDescription(try Checkpoint.load(path: Fixtures.demo))
        #expect(description.parameters == 871_176)
        #expect(description.family == "spiking-mlp" && description.image == 64 && description.classes == 20)
        #expect(description.sizes.map(\.value) == ["24", "1, 2, 2, 1", "3", "4"])
        #expect(description.neurons == ["lif, tau 2, input decayed, threshold 1, hard reset to 0"])
        #expect(description.timesteps == 4 && description.epoch == 11 && description.name == nil)
        #expect(description.bytes == (try Fixtures.bytes(Fixtures.demo).count))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(description)) as? [String: Any]
        #expect(
            json?.keys.sorted() == [
                "alpha", "bytes", "classes", "data_flow", "default_timesteps", "depths", "dim", "epoch", "family", "format", "image",
                "input_macs", "longest_run", "multiplying_layers", "name", "network", "neuron_groups", "neurons", "notices", "parameters",
                "patch", "preprocessing", "probe", "published", "recipe", "settings", "sha256", "sizes", "synaptic_layers", "timesteps",
            ])
        #expect(description.sha256 == "0c53a2afc593efed6e89bbe5095c9cc1ed19bd9d3e95eb681c1dcfe1860b0974")
    }

    @Test("a description that was stored before there were other families is one of the same network")
    func storedDescription() throws {
        let stored = """
            {"name": null, "family": "spe", "dim": 24, "depths": [1, 2, 2, 1], "alpha": 3, "patch": 4, "image": 64, "classes": 20,
            "parameters": 871176, "timesteps": 4, "epoch": 11, "format": "torch", "bytes": 7, "sha256": "00"}
            """
        let description = try JSONDecoder().decode(CheckpointDescription.self, from: Data(stored.utf8))
        let expected = CheckpointDescription(try Checkpoint.load(path: Fixtures.demo))
        #expect(description.family == expected.family && description.image == 64 && description.classes == 20)
        #expect(description.parameters == expected.parameters && description.dataFlow == expected.dataFlow)
        let again = try JSONDecoder().decode(CheckpointDescription.self, from: JSONEncoder().encode(expected))
        #expect(again == expected)
    }
}
