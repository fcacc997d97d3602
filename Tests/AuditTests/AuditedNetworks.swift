import Checkpoints
import Engine
import Foundation
import Networks
import Testing

/// Networks to audit.
enum AuditedNetworks {
    static let golden = ["spe-tiny", "plain-tiny", "spe-t6"]
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// Networks of other families, with what `--network` has to say of them.
    static let zoo = [
        ("sew-add", nil), ("resnet-tdbn", "spiking-resnet,neuron=lif,tau=4/3,decay-input=no,threshold=0.5"), ("vgg-bn", nil),
        ("sdt-original", nil), ("max-original", nil), ("ms-zoo", nil), ("spe-tebn", nil),
    ]

    static func parameters(zoo name: String, _ network: String? = nil) throws -> Parameters {
        let path = tests.appending(path: "Fixtures/golden/zoo/\(name)").path
        let size = try SafetensorsFile(path: "\(path).expected.safetensors").shape("input")[3]
        return try Checkpoint.load(
            path: "\(path).pth", network: network.map { try NetworkChoice(parsing: $0) }, imageSize: size
        ).parameters
    }

    static func parameters(_ name: String) throws -> Parameters {
        let path =
            name == "demo"
            ? tests.deletingLastPathComponent().appending(path: "pipeline/demo/demo.pth")
            : tests.appending(path: "Fixtures/golden/network/\(name).pth")
        return try Checkpoint.load(path: path.path).parameters
    }

    static func engine(_ name: String, _ precision: Precision, weightBits: Int? = nil) throws -> FixedEngine {
        try FixedEngine(
            parameters(name), format: FixedPointFormat(precision: precision, weightBits: weightBits),
            kernels: KernelSelection.kernels(laneBits: precision.laneBits))
    }
}
