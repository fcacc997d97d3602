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
        private static var levels: [Level] { [v2, v3, v4] }

        private static let v2 = Level(
            name: "v2", isRunnable: supports_x86_64_v2() != 0,
            narrow: KernelSet(
                name: "v2", laneBits: 16, listSpikes: SpikeKernelsV2.listSpikes, listConvolution: SpikeKernelsV2.listConvolution,
                sumRows: SpikeKernelsV2.sumRows16, fuse: SpikeKernelsV2.fuse16, expand: SpikeKernelsV2.expand16,
                contract: SpikeKernelsV2.contract16,
                fire: SpikeKernelsV2.fire16, fireIdentity: SpikeKernelsV2.fireIdentity16, mix: SpikeKernelsV2.mix16,
                convolvePixels: SpikeKernelsV2.convolvePixels,
                narrow: SpikeKernelsV2.narrow16, sumShiftedRows: SpikeKernelsV2.sumShiftedRows, addLines: SpikeKernelsV2.addLines16),
            wide: KernelSet(
                name: "v2", laneBits: 32, listSpikes: SpikeKernelsV2.listSpikes, listConvolution: SpikeKernelsV2.listConvolution,
                sumRows: SpikeKernelsV2.sumRows32, fuse: SpikeKernelsV2.fuse32, expand: SpikeKernelsV2.expand32,
                contract: SpikeKernelsV2.contract32,
                fire: SpikeKernelsV2.fire32, fireIdentity: SpikeKernelsV2.fireIdentity32, mix: SpikeKernelsV2.mix32,
                convolvePixels: SpikeKernelsV2.convolvePixels,
                narrow: keepWide, sumShiftedRows: SpikeKernelsV2.sumShiftedRows, addLines: SpikeKernelsV2.addLines32))

        private static let v3 = Level(
            name: "v3", isRunnable: supports_x86_64_v3() != 0,
            narrow: KernelSet(
                name: "v3", laneBits: 16, listSpikes: SpikeKernelsV3.listSpikes, listConvolution: SpikeKernelsV3.listConvolution,
                sumRows: SpikeKernelsV3.sumRows16, fuse: SpikeKernelsV3.fuse16, expand: SpikeKernelsV3.expand16,
                contract: SpikeKernelsV3.contract16,
                fire: SpikeKernelsV3.fire16, fireIdentity: SpikeKernelsV3.fireIdentity16, mix: SpikeKernelsV3.mix16,
                convolvePixels: SpikeKernelsV3.convolvePixels,
                narrow: SpikeKernelsV3.narrow16, sumShiftedRows: SpikeKernelsV3.sumShiftedRows, addLines: SpikeKernelsV3.addLines16),
            wide: KernelSet(
                name: "v3", laneBits: 32, listSpikes: SpikeKernelsV3.listSpikes, listConvolution: SpikeKernelsV3.listConvolution,
                sumRows: SpikeKernelsV3.sumRows32, fuse: SpikeKernelsV3.fuse32, expand: SpikeKernelsV3.expand32,
                contract: SpikeKernelsV3.contract32,
                fire: SpikeKernelsV3.fire32, fireIdentity: SpikeKernelsV3.fireIdentity32, mix: SpikeKernelsV3.mix32,
                convolvePixels: SpikeKernelsV3.convolvePixels,
                narrow: keepWide, sumShiftedRows: SpikeKernelsV3.sumShiftedRows, addLines: SpikeKernelsV3.addLines32))

        private static let v4 = Level(
            name: "v4", isRunnable: supports_x86_64_v4() != 0,
            narrow: KernelSet(
                name: "v4", laneBits: 16, listSpikes: SpikeKernelsV4.listSpikes, listConvolution: SpikeKernelsV4.listConvolution,
                sumRows: SpikeKernelsV4.sumRows16, fuse: SpikeKernelsV4.fuse16, expand: SpikeKernelsV4.expand16,
                contract: SpikeKernelsV4.contract16,
                fire: SpikeKernelsV4.fire16, fireIdentity: SpikeKernelsV4.fireIdentity16, mix: SpikeKernelsV4.mix16,
                convolvePixels: SpikeKernelsV4.convolvePixels,
                narrow: SpikeKernelsV4.narrow16, sumShiftedRows: SpikeKernelsV4.sumShiftedRows, addLines: SpikeKernelsV4.addLines16),
            wide: KernelSet(
                name: "v4", laneBits: 32, listSpikes: SpikeKernelsV4.listSpikes, listConvolution: SpikeKernelsV4.listConvolution,
                sumRows: SpikeKernelsV4.sumRows32, fuse: SpikeKernelsV4.fuse32, expand: SpikeKernelsV4.expand32,
                contract: SpikeKernelsV4.contract32,
                fire: SpikeKernelsV4.fire32, fireIdentity: SpikeKernelsV4.fireIdentity32, mix: SpikeKernelsV4.mix32,
                convolvePixels: SpikeKernelsV4.convolvePixels,
                narrow: keepWide, sumShiftedRows: SpikeKernelsV4.sumShiftedRows, addLines: SpikeKernelsV4.addLines32))

    #else
        private static var levels: [Level] { [neon] }

        private static let neon = Level(
            name: "neon", isRunnable: true,
            narrow: KernelSet(
                name: "neon", laneBits: 16, listSpikes: SpikeKernelsNEON.listSpikes, listConvolution: SpikeKernelsNEON.listConvolution,
                sumRows: SpikeKernelsNEON.sumRows16, fuse: SpikeKernelsNEON.fuse16, expand: SpikeKernelsNEON.expand16,
                contract: SpikeKernelsNEON.contract16,
                fire: SpikeKernelsNEON.fire16, fireIdentity: SpikeKernelsNEON.fireIdentity16, mix: SpikeKernelsNEON.mix16,
                convolvePixels: SpikeKernelsNEON.convolvePixels,
                narrow: SpikeKernelsNEON.narrow16, sumShiftedRows: SpikeKernelsNEON.sumShiftedRows, addLines: SpikeKernelsNEON.addLines16),
            wide: KernelSet(
                name: "neon", laneBits: 32, listSpikes: SpikeKernelsNEON.listSpikes, listConvolution: SpikeKernelsNEON.listConvolution,
                sumRows: SpikeKernelsNEON.sumRows32, fuse: SpikeKernelsNEON.fuse32, expand: SpikeKernelsNEON.expand32,
                contract: SpikeKernelsNEON.contract32,
                fire: SpikeKernelsNEON.fire32, fireIdentity: SpikeKernelsNEON.fireIdentity32, mix: SpikeKernelsNEON.mix32,
                convolvePixels: SpikeKernelsNEON.convolvePixels,
                narrow: keepWide, sumShiftedRows: SpikeKernelsNEON.sumShiftedRows, addLines: SpikeKernelsNEON.addLines32))
    #endif

    /// 32-bit lanes take the first convolution's currents as they are.
    @Sendable
    private static func keepWide(_: UnsafeRawPointer, _: UnsafeRawPointer, _: Int, _: UnsafeMutableRawPointer) {
        preconditionFailure("32-bit currents need no narrowing")
    }
}
