import Checkpoints
import Foundation
import Engine
import Testing

@Suite("Checkpoints of the golden cases and the demo")
struct GoldenCheckpointTests {
    @Test("the .pth and the .safetensors of a case give the same parameters", arguments: ["spe-tiny", "plain-tiny", "spe-t6"])
    func torchEqualsSafetensors(_ name: String) throws {
        let torch = try Checkpoint.load(path: Fixtures.network("\(name).pth"))
        let safetensors = try Checkpoint.load(path: Fixtures.network("\(name).safetensors"))
        #expect(torch.parameters.tensors == safetensors.parameters.tensors)
        #expect(torch.architecture == safetensors.architecture)
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
        let architecture = try Checkpoint.load(path: Fixtures.network("\(name).pth")).architecture
        #expect(architecture.family.rawValue == metadata["architecture"])
        #expect(architecture.depths.map(String.init).joined(separator: ",") == metadata["depths"])
        #expect(String(architecture.dim) == metadata["dim"])
        #expect(String(architecture.alpha) == metadata["alpha"])
        #expect(String(architecture.patchSize) == metadata["patch_size"])
        #expect(String(architecture.imageSize) == metadata["image_size"])
        #expect(String(architecture.classes) == metadata["num_classes"])
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
        #expect(description.family == .spe && description.dim == 24 && description.depths == [1, 2, 2, 1])
        #expect(description.alpha == 3 && description.patch == 4 && description.image == 64 && description.classes == 20)
        #expect(description.timesteps == 4 && description.epoch == 11 && description.name == nil)
        #expect(description.bytes == (try Fixtures.bytes(Fixtures.demo).count))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(description)) as? [String: Any]
        #expect(
            json?.keys.sorted() == [
                "alpha", "bytes", "classes", "depths", "dim", "epoch", "family", "format", "image", "name", "notices", "parameters",
                "patch", "sha256",
                "timesteps",
            ])
        #expect(description.sha256 == "0c53a2afc593efed6e89bbe5095c9cc1ed19bd9d3e95eb681c1dcfe1860b0974")
    }
}
