package import SpikeKernels

/// This instruction set's kernels of 16-bit lanes.
package func kernelSet16(name: String) -> KernelSet {
    KernelSet(
        name: name, laneBits: 16, listSpikes: listSpikes, listConvolution: listConvolution,
        sumRows: { tile, lists, extent, next, currents, isAdded in
            var consumer = CurrentConsumer<Lanes16>(line: currents, isAdded: isAdded)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        fuse: { tile, lists, extent, next, other, units, kept, thresholds, spikes in
            var consumer = FuseConsumer<Lanes16>(other, units, kept, thresholds, tile.lanes, spikes)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        expand: { tile, lists, extent, next, thresholds, units, spikes in
            var consumer = ExpandConsumer<Lanes16>(thresholds, units, tile.lanes, spikes)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        contract: { tile, lists, extent, next, kept, scales, shifts, units, thresholds, spikes in
            var consumer = ContractConsumer<Lanes16>(kept, scales, shifts, units, thresholds, tile.lanes, spikes)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        fire: { fireTile(Lanes16.self, $0, $1, $2, $3) },
        mix: { mixTile(Lanes16.self, $0, $1, $2, $3, $4) },
        mixCurrents: { axis, steps, source, lanes, currents in mixCurrentsTile(Lanes16.self, axis, steps, source, currents) },
        sumWindow: { source, window, weights, bias, firstToken, extent, lanes, currents, isAdded in
            sumWindowTile(Lanes16.self, source, window, weights, bias, firstToken, extent, currents, isAdded)
        },
        addWhere: { addWhereTile(Lanes16.self, $0, $1, $2, $3, $4) },
        addCurrents: { addCurrentsTile(Lanes16.self, $0, $1, $2, $3, $4) },
        addLine: { addLineTile(Lanes16.self, $0, $1, $2) },
        rescale: { rescaleTile(Lanes16.self, $0, $1, $2, $3, $4) },
        poolCurrents: { poolCurrentsTile(Lanes16.self, $0, $1, $2, $3, $4) },
        averageCurrents: { averageCurrentsTile(Lanes16.self, $0, $1, $2, $3, $4, $5) },
        countTokens: { countTokensTile(Lanes16.self, $0, $1, $2, $3, $4) },
        multiplySpikes: { multiplySpikesTile(Lanes16.self, $0, $1, $2) },
        multiplyCurrents: multiplyCurrents16, convolvePixels: convolvePixels, narrow: narrow16,
        sumShiftedRows: sumShiftedRows, addLines: addLines16)
}

/// This instruction set's kernels of 32-bit lanes.
package func kernelSet32(name: String) -> KernelSet {
    KernelSet(
        name: name, laneBits: 32, listSpikes: listSpikes, listConvolution: listConvolution,
        sumRows: { tile, lists, extent, next, currents, isAdded in
            var consumer = CurrentConsumer<Lanes32>(line: currents, isAdded: isAdded)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        fuse: { tile, lists, extent, next, other, units, kept, thresholds, spikes in
            var consumer = FuseConsumer<Lanes32>(other, units, kept, thresholds, tile.lanes, spikes)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        expand: { tile, lists, extent, next, thresholds, units, spikes in
            var consumer = ExpandConsumer<Lanes32>(thresholds, units, tile.lanes, spikes)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        contract: { tile, lists, extent, next, kept, scales, shifts, units, thresholds, spikes in
            var consumer = ContractConsumer<Lanes32>(kept, scales, shifts, units, thresholds, tile.lanes, spikes)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        fire: { fireTile(Lanes32.self, $0, $1, $2, $3) },
        mix: { mixTile(Lanes32.self, $0, $1, $2, $3, $4) },
        mixCurrents: { axis, steps, source, lanes, currents in mixCurrentsTile(Lanes32.self, axis, steps, source, currents) },
        sumWindow: { source, window, weights, bias, firstToken, extent, lanes, currents, isAdded in
            sumWindowTile(Lanes32.self, source, window, weights, bias, firstToken, extent, currents, isAdded)
        },
        addWhere: { addWhereTile(Lanes32.self, $0, $1, $2, $3, $4) },
        addCurrents: { addCurrentsTile(Lanes32.self, $0, $1, $2, $3, $4) },
        addLine: { addLineTile(Lanes32.self, $0, $1, $2) },
        rescale: { rescaleTile(Lanes32.self, $0, $1, $2, $3, $4) },
        poolCurrents: { poolCurrentsTile(Lanes32.self, $0, $1, $2, $3, $4) },
        averageCurrents: { averageCurrentsTile(Lanes32.self, $0, $1, $2, $3, $4, $5) },
        countTokens: { countTokensTile(Lanes32.self, $0, $1, $2, $3, $4) },
        multiplySpikes: { multiplySpikesTile(Lanes32.self, $0, $1, $2) },
        multiplyCurrents: multiplyCurrents32, convolvePixels: convolvePixels, narrow: { _, _, _, _ in },
        sumShiftedRows: sumShiftedRows, addLines: addLines32)
}
