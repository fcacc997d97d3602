package import SpikeKernels

/// This instruction set's kernels of 16-bit lanes.
package func kernelSet16(name: String) -> KernelSet {
    kernelSet(
        Lanes16.self, name: name, multiplyCurrents: multiplyCurrents16, narrow: narrow16, addLines: addLines16)
}

/// This instruction set's kernels of 32-bit lanes.
package func kernelSet32(name: String) -> KernelSet {
    kernelSet(
        Lanes32.self, name: name, multiplyCurrents: multiplyCurrents32, narrow: { _, _, _, _ in }, addLines: addLines32)
}

@inline(__always)
private func kernelSet<L: Lanes>(
    _: L.Type, name: String, multiplyCurrents: @escaping KernelSet.MultiplyCurrents, narrow: @escaping KernelSet.Narrow,
    addLines: @escaping KernelSet.AddLines
) -> KernelSet {
    KernelSet(
        name: name, laneBits: L.Weight.bitWidth, listSpikes: listSpikes, listConvolution: listConvolution,
        sumRows: { tile, lists, extent, next, currents, isAdded in
            sumTiles(tile, lists, extent, next) { index, tile in
                CurrentConsumer<L>(line: currents + index * tile.currentStride, isAdded: isAdded)
            }
        },
        fuse: { tile, lists, extent, next, other, units, kept, thresholds, spikes in
            sumTiles(tile, lists, extent, next) { index, tile in
                FuseConsumer<L>(
                    other.tile(index), units.map { $0 + index << 6 }, kept + index * tile.currentStride, thresholds + index << 6,
                    tile.lanes,
                    spikes.tile(index, L.self))
            }
        },
        expand: { tile, lists, extent, next, thresholds, units, spikes in
            sumTiles(tile, lists, extent, next) { index, tile in
                ExpandConsumer<L>(thresholds, units.map { $0 + index << 6 }, tile.lanes, spikes.tile(index, L.self))
            }
        },
        contract: { tile, lists, extent, next, kept, scales, shifts, units, thresholds, spikes in
            sumTiles(tile, lists, extent, next) { index, tile in
                ContractConsumer<L>(
                    kept + index * tile.currentStride, scales, shifts, units.map { $0 + index << 6 }, thresholds + index << 6, tile.lanes,
                    spikes.tile(index, L.self))
            }
        },
        fire: { fireTile(L.self, $0, $1, $2, $3) },
        mix: { mixTile(L.self, $0, $1, $2, $3, $4) },
        mixCurrents: { axis, steps, source, lanes, currents in mixCurrentsTile(L.self, axis, steps, source, currents) },
        sumWindow: { source, window, weights, bias, firstToken, extent, lanes, currents, isAdded in
            sumWindowTile(L.self, source, window, weights, bias, firstToken, extent, currents, isAdded)
        },
        addWhere: { addWhereTile(L.self, $0, $1, $2, $3, $4) },
        addCurrents: { addCurrentsTile(L.self, $0, $1, $2, $3, $4) },
        addLine: { addLineTile(L.self, $0, $1, $2) },
        rescale: { rescaleTile(L.self, $0, $1, $2, $3, $4) },
        poolCurrents: { poolCurrentsTile(L.self, $0, $1, $2, $3, $4) },
        averageCurrents: { averageCurrentsTile(L.self, $0, $1, $2, $3, $4, $5) },
        countTokens: { countTokensTile(L.self, $0, $1, $2, $3, $4) },
        multiplySpikes: { multiplySpikesTile(L.self, $0, $1, $2) },
        multiplyCurrents: multiplyCurrents, convolvePixels: convolvePixels, narrow: narrow, sumShiftedRows: sumShiftedRows,
        addLines: addLines)
}
