internal import Diagnostics
internal import Networks
internal import SpikeKernels

/// A whole network in whole numbers: a program. Immutable: threads share it.
struct FixedNetwork: Sendable {
    let network: Network
    let format: FixedPointFormat
    let steps: [any ProgramStep]
    /// Steps that go through positions together, a group at a time: what one hands to the next stays in the caches.
    let runs: [Range<Int>]
    let spikes: [Int: SpikeSlot]
    let currents: [Int: CurrentSlot]
    let unitSpread: [UnitSpread]
    /// Normalisations of stored currents, which multiply.
    let multipliedNormalisations: [Int]

    /// A frame's list of rows has 16-bit numbers.
    static let largestInputs = 1 << 16 - 1

    /// Folds and rounds a network; the tensors are let go one by one.
    ///
    /// - Throws: `parameters.unusable`; `engine.unfit-weights` for what whole numbers cannot hold.
    init(_ parameters: consuming Parameters, format: FixedPointFormat, normalization: PixelNormalization) throws {
        network = parameters.network
        self.format = format
        let folding = try NetworkFolding(try Folder(parameters, format: format, normalization: normalization))
        steps = folding.steps
        spikes = folding.spikes
        currents = folding.currents
        unitSpread = folding.unitSpread
        multipliedNormalisations = folding.folder.multiplied.sorted()
        runs = Self.runs(folding.steps)
    }

    /// Bytes of all weights, biases and thresholds.
    var weightBytes: Int { steps.reduce(0) { $0 + $1.bytes } }

    private static func runs(_ steps: [any ProgramStep]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var first = 0
        var written: Set<Int> = []
        for (index, step) in steps.enumerated() {
            let joins =
                index > first && !step.isGlobal && !steps[first].isGlobal && step.tokens == steps[first].tokens
                && step.distantReads.isDisjoint(with: written)
            if index > first, !joins {
                runs.append(first..<index)
                first = index
                written = []
            }
            written.formUnion(step.currentWrites.union(step.spikeWrites))
        }
        if first < steps.count { runs.append(first..<steps.count) }
        return runs
    }
}
