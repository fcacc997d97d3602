package import SpikeKernels

/// Sums of one output at four time steps.
struct FourSums<L: MaskedLanes> {
    var first: L.Line
    var second: L.Line
    var third: L.Line
    var fourth: L.Line

    @inline(__always)
    init(_ bias: Int32) {
        first = L.broadcast(bias)
        second = first
        third = first
        fourth = first
    }

    @inline(__always)
    mutating func add(_ weight: L.Weight, where masks: SIMD4<UInt32>) {
        let weight = L.broadcast(Int32(truncatingIfNeeded: weight))
        first = L.sumWhere(first, weight, masks.x)
        second = L.sumWhere(second, weight, masks.y)
        third = L.sumWhere(third, weight, masks.z)
        fourth = L.sumWhere(fourth, weight, masks.w)
    }
}

/// The neurons of one output of a line, and where their spikes go.
struct LineOutput<L: MaskedLanes> {
    let weights: UnsafePointer<L.Weight>
    let bias: Int32
    private let threshold: L.Line
    private let lanes: UInt64
    private let stride: Int
    private var place: UnsafeMutableRawPointer
    private var neurons = Neurons<L>()

    @inline(__always)
    init(_ axis: MixingAxis, _ steps: Int, line: Int, output: Int, _ lanes: UInt64, _ spikes: SpikePlace) {
        weights = axis.weights.assumingMemoryBound(to: L.Weight.self) + output * axis.side
        bias = axis.biases[output]
        threshold = L.broadcast(axis.thresholds[output])
        self.lanes = lanes
        stride = spikes.stride
        place = spikes.bits + (output * axis.indexStride + line * axis.lineStride) * steps * spikes.stride
    }

    @inline(__always)
    mutating func step(_ current: L.Line) {
        storeSpikes(L.self, neurons.step(current, threshold: threshold) & lanes, place)
        place += stride
    }

    @inline(__always)
    mutating func step(_ sums: FourSums<L>) {
        step(sums.first)
        step(sums.second)
        step(sums.third)
        step(sums.fourth)
    }
}

/// Mixes the tokens of each line of the grid for the channels of one tile.
///
/// Lanes are channels, and a token's spikes are their mask: a weight is added to all lanes that spike at once. At the firing rates of
/// these networks that is faster than a row of outputs for every spike, since rows are short, and its time does not depend on the rates.
/// Two outputs and four time steps share each mask.
@inline(__always)
func mixTile<L: MaskedLanes>(_: L.Type, _ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt64, _ spikes: SpikePlace) {
    let side = axis.side
    // Groups of four time steps, each `[index][4]`, then the other steps, each `[index]`.
    let grouped = steps & ~3
    for line in 0..<side {
        for index in 0..<side {
            let frames = source.bits + (index * axis.indexStride + line * axis.lineStride) * steps * source.stride
            for step in 0..<steps {
                let place = step < grouped ? ((step >> 2) * side + index) << 2 + step & 3 : step * side + index
                axis.scratch[place] = loadSpikes(L.self, frames + step * source.stride)
            }
        }
        var output = 0
        while output + 2 <= side {
            var first = LineOutput<L>(axis, steps, line: line, output: output, lanes, spikes)
            var second = LineOutput<L>(axis, steps, line: line, output: output + 1, lanes, spikes)
            for group in 0..<grouped >> 2 {
                let masks = UnsafeRawPointer(axis.scratch + group * side * 4)
                var firstSums = FourSums<L>(first.bias)
                var secondSums = FourSums<L>(second.bias)
                for index in 0..<side {
                    let four = masks.loadUnaligned(fromByteOffset: index * 16, as: SIMD4<UInt32>.self)
                    firstSums.add(first.weights[index], where: four)
                    secondSums.add(second.weights[index], where: four)
                }
                first.step(firstSums)
                second.step(secondSums)
            }
            mixSteps(&first, axis, grouped..<steps)
            mixSteps(&second, axis, grouped..<steps)
            output += 2
        }
        if output < side {
            var last = LineOutput<L>(axis, steps, line: line, output: output, lanes, spikes)
            for group in 0..<grouped >> 2 {
                let masks = UnsafeRawPointer(axis.scratch + group * side * 4)
                var sums = FourSums<L>(last.bias)
                for index in 0..<side {
                    sums.add(last.weights[index], where: masks.loadUnaligned(fromByteOffset: index * 16, as: SIMD4<UInt32>.self))
                }
                last.step(sums)
            }
            mixSteps(&last, axis, grouped..<steps)
        }
    }
}

/// The time steps beyond whole groups of four, one at a time.
@inline(__always)
func mixSteps<L: MaskedLanes>(_ output: inout LineOutput<L>, _ axis: MixingAxis, _ steps: Range<Int>) {
    for step in steps {
        let masks = axis.scratch + step * axis.side
        var sum = L.broadcast(output.bias)
        for index in 0..<axis.side {
            sum = L.sumWhere(sum, L.broadcast(Int32(truncatingIfNeeded: output.weights[index])), masks[index])
        }
        output.step(sum)
    }
}

package func mix16(_ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt64, _ spikes: SpikePlace) {
    mixTile(Lanes16.self, axis, steps, source, lanes, spikes)
}

package func mix32(_ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt64, _ spikes: SpikePlace) {
    mixTile(Lanes32.self, axis, steps, source, lanes, spikes)
}
