package import SpikeKernels

/// This instruction set's kernels of 16-bit lanes.
package func kernelSet16(name: String) -> KernelSet {
    KernelSet(
        name: name, laneBits: 16, listSpikes: listSpikes, listConvolution: listConvolution,
        sumRows: { tile, lists, extent, next, currents, isAdded in
            var consumer = CurrentConsumer<Lanes16>(line: currents, isAdded: isAdded)
            sumRowsTile(tile, lists, extent, next, &consumer)
        },
        fuse: { tiles, lists, extent, next, other, units, kept, thresholds, spikes in
            sumTiles(tiles, lists, extent, next) { index, tile in
                FuseConsumer<Lanes16>(
                    other.tile(index), units.map { $0 + index << 6 }, kept + index * tiles.currentStride, thresholds + index << 6,
                    tile.lanes,
                    spikes.tile(index, lanes: 32))
            }
        },
        expand: { tiles, lists, extent, next, thresholds, units, spikes in
            sumTiles(tiles, lists, extent, next) { index, tile in
                ExpandConsumer<Lanes16>(
                    thresholds, units.map { $0 + index << 6 }, tile.lanes, spikes.tile(index, lanes: 32))
            }
        },
        contract: { tiles, lists, extent, next, kept, scales, shifts, units, thresholds, spikes in
            sumTiles(tiles, lists, extent, next) { index, tile in
                ContractConsumer<Lanes16>(
                    kept + index * tiles.currentStride, scales, shifts, units.map { $0 + index << 6 }, thresholds + index << 6,
                    tile.lanes, spikes.tile(index, lanes: 32))
            }
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
        fuse: { tiles, lists, extent, next, other, units, kept, thresholds, spikes in
            sumTiles(tiles, lists, extent, next) { index, tile in
                FuseConsumer<Lanes32>(
                    other.tile(index), units.map { $0 + index << 6 }, kept + index * tiles.currentStride, thresholds + index << 6,
                    tile.lanes,
                    spikes.tile(index, lanes: 16))
            }
        },
        expand: { tiles, lists, extent, next, thresholds, units, spikes in
            sumTiles(tiles, lists, extent, next) { index, tile in
                ExpandConsumer<Lanes32>(
                    thresholds, units.map { $0 + index << 6 }, tile.lanes, spikes.tile(index, lanes: 16))
            }
        },
        contract: { tiles, lists, extent, next, kept, scales, shifts, units, thresholds, spikes in
            sumTiles(tiles, lists, extent, next) { index, tile in
                ContractConsumer<Lanes32>(
                    kept + index * tiles.currentStride, scales, shifts, units.map { $0 + index << 6 }, thresholds + index << 6,
                    tile.lanes, spikes.tile(index, lanes: 16))
            }
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
