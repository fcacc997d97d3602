internal import CLanes
package import Diagnostics
internal import Foundation
package import SpikeKernels

#if arch(x86_64)
    internal import SpikeKernelsV2
    internal import SpikeKernelsV3
    internal import SpikeKernelsV4
#else
    internal import SpikeKernelsNEON
#endif

extension Failure.Code {
    /// EVAL_KERNELS names kernels that are not there, or that this processor cannot run.
    package static let unknownKernels = Failure.Code("engine.unknown-kernels")
}

/// Chooses among the kernels this program was built with.
package enum KernelSelection {
    /// The environment's variable that forces a choice.
    package static let variable = "EVAL_KERNELS"

    /// Names of all kernel sets, the specification first, faster ones later.
    package static var names: [String] { ["scalar"] + levels.map(\.name) }

    /// Names of those this processor can run.
    package static var runnableNames: [String] { ["scalar"] + levels.filter(\.isRunnable).map(\.name) }

    /// The fastest kernels of this processor, or those that `forced` names.
    ///
    /// - Throws: `engine.unknown-kernels`.
    package static func kernels(
        laneBits: Int, forced: String? = ProcessInfo.processInfo.environment[variable]
    ) throws(Failure) -> KernelSet {
        let name = forced ?? runnableNames[runnableNames.count - 1]
        guard names.contains(name) else {
            throw Failure(
                .unknownKernels, "\(variable) names the kernels \(name), which this program does not have.",
                remedy: "Choose one of \(runnableNames.joined(separator: ", ")), or leave \(variable) unset.")
        }
        if name == "scalar" { return .scalar(laneBits: laneBits, numbers: PlainArithmetic()) }
        guard let level = levels.first(where: { $0.name == name }), level.isRunnable else {
            throw Failure(
                .unknownKernels, "\(variable) names the kernels \(name), whose instructions this processor does not have.",
                remedy: "Choose one of \(runnableNames.joined(separator: ", ")), or leave \(variable) unset.")
        }
        return laneBits == 16 ? level.narrow : level.wide
    }

    private struct Level {
        let name: String
        let isRunnable: Bool
        let narrow: KernelSet
        let wide: KernelSet
    }

    #if arch(x86_64)
        private static var levels: [Level] {
            [
                Level(
                    name: "v2", isRunnable: supports_x86_64_v2() != 0, narrow: SpikeKernelsV2.kernelSet16(name: "v2"),
                    wide: SpikeKernelsV2.kernelSet32(name: "v2")),
                Level(
                    name: "v3", isRunnable: supports_x86_64_v3() != 0, narrow: SpikeKernelsV3.kernelSet16(name: "v3"),
                    wide: SpikeKernelsV3.kernelSet32(name: "v3")),
                Level(
                    name: "v4", isRunnable: supports_x86_64_v4() != 0, narrow: SpikeKernelsV4.kernelSet16(name: "v4"),
                    wide: SpikeKernelsV4.kernelSet32(name: "v4")),
            ]
        }
    #else
        private static var levels: [Level] {
            [
                Level(
                    name: "neon", isRunnable: true, narrow: SpikeKernelsNEON.kernelSet16(name: "neon"),
                    wide: SpikeKernelsNEON.kernelSet32(name: "neon"))
            ]
        }
    #endif
}
