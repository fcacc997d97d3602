import Checkpoints
import Foundation
import Engine
import Testing

/// Networks to audit.
enum Networks {
    static let golden = ["spe-tiny", "plain-tiny", "spe-t6"]
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

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
