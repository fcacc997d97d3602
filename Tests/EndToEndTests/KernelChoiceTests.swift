import Foundation
import Testing

/// `EVAL_KERNELS`, as the built program heeds it.
@Suite struct KernelChoiceTests {
    private static let network = Program.root.appending(path: "Tests/Fixtures/golden/network").path

    /// Traces a golden network with the kernels of a name, or the fastest; also returns the trace.
    private func trace(kernels: String?, engine: String, in folder: URL) throws -> (outcome: Program.Outcome, trace: Data?) {
        let output = folder.appending(path: "\(kernels ?? "fastest")-\(engine).safetensors")
        let outcome = try Program(
            "evalctl",
            [
                "model", "trace", "\(Self.network)/spe-tiny.safetensors", "--input", "\(Self.network)/spe-tiny.expected.safetensors",
                "--output", output.path, "--timesteps", "4", "--engine", engine,
            ],
            environment: kernels.map { ["EVAL_KERNELS": $0] } ?? [:], in: folder
        ).wait()
        return (outcome, try? Data(contentsOf: output))
    }

    @Test(arguments: ["nonsense", "V4", ""], ["fixed32", "fixed16"])
    func `a name of no kernels stops the program, which lists those there are`(name: String, engine: String) throws {
        try Program.withFolder { folder in
            let (outcome, trace) = try trace(kernels: name, engine: engine, in: folder)
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty && trace == nil)
            #expect(outcome.errors.contains("EVAL_KERNELS names the kernels \(name), which this program does not have."))
            #expect(outcome.errors.contains("scalar"))
        }
    }

    @Test(arguments: ["fixed32", "fixed16"])
    func `the specification can be chosen, and gives the bits of the fastest kernels`(engine: String) throws {
        try Program.withFolder { folder in
            let slow = try trace(kernels: "scalar", engine: engine, in: folder)
            let fast = try trace(kernels: nil, engine: engine, in: folder)
            #expect(slow.outcome.status == 0 && fast.outcome.status == 0, "\(slow.outcome.errors)\(fast.outcome.errors)")
            #expect(slow.trace != nil && slow.trace == fast.trace)
        }
    }
}
