import Diagnostics
import Engine
import SpikeKernels
import Testing

@Suite struct FixedPointFormatTests {
    @Test(arguments: ["fixed32", "fixed16"] + (6...16).flatMap { ["fixed32-w\($0)", "fixed16-w\($0)"] })
    func `A format's name is read as it is written`(name: String) throws {
        let format = try #require(FixedPointFormat(name: name))
        #expect(format.name == name)
        #expect(format.precision.rawValue == name.prefix(7))
        try Engines.check(name)
    }

    @Test(arguments: [
        "", "fixed", "Fixed16", "fixed8", "fixed16-", "fixed16-w", "fixed16-w5", "fixed16-w17", "fixed16-w08", "fixed16-w+8",
        "fixed16-w8-w8",
        "fixed16-8", "fixed16 ", "-w8", "float-w8", "floats",
    ])
    func `Another name is no engine, and the refusal lists the engines`(name: String) {
        #expect(FixedPointFormat(name: name) == nil)
        let failure = #expect(throws: Failure.self) { try Engines.check(name) }
        #expect(failure?.code == .unknownEngine)
        #expect(failure?.message.contains(name) == true)
        #expect(["fixed32", "fixed16", "float"].allSatisfy { failure?.remedy?.contains($0) == true })
    }

    @Test func `The number of weight bits is a part of an engine's name`() throws {
        #expect(try Engines.name("fixed16", weightBits: 6) == "fixed16-w6")
        #expect(try Engines.name("fixed32", weightBits: nil) == "fixed32")
        #expect(try Engines.name("float", weightBits: nil) == "float")
        for (engine, bits) in [("float", 8), ("fixed16", 5), ("fixed32", 17), ("fixed16", -1)] {
            #expect(throws: Failure.self) { try Engines.name(engine, weightBits: bits) }
        }
    }

    @Test(arguments: [16, 32])
    func `Kernels are those that are named, or the fastest this processor runs`(laneBits: Int) throws {
        for name in KernelSelection.runnableNames {
            let kernels = try KernelSelection.kernels(laneBits: laneBits, forced: name)
            #expect(kernels.name == name && kernels.laneBits == laneBits)
        }
        #expect(try KernelSelection.kernels(laneBits: laneBits, forced: nil).name == KernelSelection.runnableNames.last)
        #expect(KernelSelection.runnableNames.first == "scalar")
        #expect(Set(KernelSelection.runnableNames).isSubset(of: KernelSelection.names))
    }

    @Test(arguments: ["", "nonsense", "V4", "scalar "] + KernelSelection.names.filter { !KernelSelection.runnableNames.contains($0) })
    func `Kernels that are not there or cannot run are refused with the choices`(name: String) {
        let failure = #expect(throws: Failure.self) { try KernelSelection.kernels(laneBits: 16, forced: name) }
        #expect(failure?.code == .unknownKernels)
        #expect(failure?.message.contains("EVAL_KERNELS names the kernels \(name)") == true)
        #expect(KernelSelection.runnableNames.allSatisfy { failure?.remedy?.contains($0) == true })
    }

    @Test(arguments: [6, 8, 10], [Precision.fixed16, .fixed32])
    func `Every row of outputs has weights of so many bits`(bits: Int, precision: Precision) throws {
        let golden = try GoldenCase("plain-tiny")
        let format = FixedPointFormat(precision: precision, weightBits: bits)
        let engine = try FixedEngine(
            golden.parameters, format: format, kernels: .scalar(laneBits: precision.laneBits, numbers: PlainArithmetic()))
        let tally = WeightTally()
        _ = try engine.with(kernels: tally.watching(engine.kernels)).makeWorkspace(timeSteps: 1).infer(normalized: golden.input(image: 0))
        #expect(tally.outputs > 100)
        #expect(tally.mostDistinct <= 1 << bits - 1)
        // The bits are used: without the limit there are more.
        #expect(bits > 6 || tally.mostDistinct > 1 << (bits - 2))
    }
}

/// Counts the distinct weights of the outputs that kernels are given.
private final class WeightTally: @unchecked Sendable {
    private(set) var outputs = 0
    private(set) var mostDistinct = 0

    private func look(_ tile: WeightTile, _ lists: RowLists, laneBits: Int) {
        for lane in 0..<LineBuffer.lineBytes * 8 / laneBits where tile.lanes >> UInt32(lane) & 1 == 1 {
            var weights: Set<Int> = []
            for row in 0..<lists.zeroRow {
                let line = tile.rows + row * LineBuffer.lineBytes
                weights.insert(
                    laneBits == 16
                        ? Int(line.load(fromByteOffset: lane * 2, as: Int16.self))
                        : Int(line.load(fromByteOffset: lane * 4, as: Int32.self)))
            }
            outputs += 1
            mostDistinct = max(mostDistinct, weights.count)
        }
    }

    func watching(_ kernels: KernelSet) -> KernelSet {
        var watched = kernels
        let bits = kernels.laneBits
        watched.sumRows = { [self] tile, lists, extent, next, currents, isAdded in
            look(tile, lists, laneBits: bits)
            kernels.sumRows(tile, lists, extent, next, currents, isAdded)
        }
        watched.fuse = { [self] tiles, lists, extent, next, other, units, kept, thresholds, spikes in
            for index in 0..<tiles.count { look(tiles.tile(index), lists, laneBits: bits) }
            kernels.fuse(tiles, lists, extent, next, other, units, kept, thresholds, spikes)
        }
        watched.expand = { [self] tiles, lists, extent, next, thresholds, units, spikes in
            for index in 0..<tiles.count { look(tiles.tile(index), lists, laneBits: bits) }
            kernels.expand(tiles, lists, extent, next, thresholds, units, spikes)
        }
        watched.contract = { [self] tiles, lists, extent, next, kept, scales, shifts, units, thresholds, spikes in
            for index in 0..<tiles.count { look(tiles.tile(index), lists, laneBits: bits) }
            kernels.contract(tiles, lists, extent, next, kept, scales, shifts, units, thresholds, spikes)
        }
        watched.mix = { [self] axis, steps, source, lanes, spikes in
            for output in 0..<axis.side {
                let weights = (0..<axis.side).map { input in
                    let index = output * axis.side + input
                    return bits == 16
                        ? Int(axis.weights.load(fromByteOffset: index * 2, as: Int16.self))
                        : Int(axis.weights.load(fromByteOffset: index * 4, as: Int32.self))
                }
                outputs += 1
                mostDistinct = max(mostDistinct, Set(weights).count)
            }
            kernels.mix(axis, steps, source, lanes, spikes)
        }
        return watched
    }
}
