package import SpikeKernels

/// Mixes the tokens of each line of the grid for the channels of one tile.
///
/// Lanes are channels, and a token's spikes are their mask: a weight is added to all lanes that spike at once. At the firing rates of
/// these networks that is faster than a row of outputs for every spike, since rows are short, and its time does not depend on the rates.
@inline(__always)
func mixTile<L: Lanes>(_: L.Type, _ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ spikes: SpikePlace) {
    let side = axis.side
    let weights = axis.weights.assumingMemoryBound(to: L.Weight.self)
    for line in 0..<side {
        for index in 0..<side {
            let frame = (index * axis.indexStride + line * axis.lineStride) * steps
            for step in 0..<steps {
                axis.scratch[step * side + index] = loadSpikes(L.self, source.bits + (frame + step) * source.stride)
            }
        }
        for output in 0..<side {
            let row = weights + output * side
            let bias = L.broadcast(axis.biases[output])
            let threshold = L.broadcast(axis.thresholds[output])
            var place = spikes.bits + (output * axis.indexStride + line * axis.lineStride) * steps * spikes.stride
            var neurons = Neurons<L>()
            var step = 0
            while step + 4 <= steps {
                let first = axis.scratch + step * side
                var sums = (bias, bias, bias, bias)
                for index in 0..<side {
                    let weight = L.broadcast(Int32(truncatingIfNeeded: row[index]))
                    sums.0 = L.sumWhere(sums.0, weight, first[index])
                    sums.1 = L.sumWhere(sums.1, weight, first[index + side])
                    sums.2 = L.sumWhere(sums.2, weight, first[index + 2 * side])
                    sums.3 = L.sumWhere(sums.3, weight, first[index + 3 * side])
                }
                storeSpikes(L.self, neurons.step(sums.0, threshold: threshold) & lanes, place)
                storeSpikes(L.self, neurons.step(sums.1, threshold: threshold) & lanes, place + spikes.stride)
                storeSpikes(L.self, neurons.step(sums.2, threshold: threshold) & lanes, place + 2 * spikes.stride)
                storeSpikes(L.self, neurons.step(sums.3, threshold: threshold) & lanes, place + 3 * spikes.stride)
                place += 4 * spikes.stride
                step += 4
            }
            while step < steps {
                let masks = axis.scratch + step * side
                var sum = bias
                for index in 0..<side {
                    sum = L.sumWhere(sum, L.broadcast(Int32(truncatingIfNeeded: row[index])), masks[index])
                }
                storeSpikes(L.self, neurons.step(sum, threshold: threshold) & lanes, place)
                place += spikes.stride
                step += 1
            }
        }
    }
}

package func mix16(_ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ spikes: SpikePlace) {
    mixTile(Lanes16.self, axis, steps, source, lanes, spikes)
}

package func mix32(_ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ spikes: SpikePlace) {
    mixTile(Lanes32.self, axis, steps, source, lanes, spikes)
}
