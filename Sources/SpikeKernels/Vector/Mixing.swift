internal import SpikeKernels

/// Sums of one output at four time steps.
struct FourSums<L: Lanes> {
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
    mutating func add(_ weight: L.Weight, where masks: UnsafePointer<UInt32>) {
        let weight = L.broadcast(Int32(truncatingIfNeeded: weight))
        first = L.sumWhere(first, weight, masks[0])
        second = L.sumWhere(second, weight, masks[1])
        third = L.sumWhere(third, weight, masks[2])
        fourth = L.sumWhere(fourth, weight, masks[3])
    }
}

/// The neurons of one output of a line, and where their spikes go.
struct LineOutput<L: Lanes> {
    let weights: UnsafePointer<L.Weight>
    let bias: Int32
    private let threshold: L.Line
    private let lanes: UInt32
    private let stride: Int
    private var place: UnsafeMutableRawPointer
    private var neurons = Neurons<L>()

    @inline(__always)
    init(_ axis: MixingAxis, _ steps: Int, line: Int, output: Int, _ lanes: UInt32, _ spikes: SpikePlace) {
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
/// Four outputs share the masks of four time steps.
@inline(__always)
func mixTile<L: Lanes>(_: L.Type, _ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ lanes: UInt32, _ spikes: SpikePlace) {
    let side = axis.side
    // Groups of four time steps, each `[index][4]`, then the other steps, each `[index]`.
    let grouped = steps & ~3
    for line in 0..<axis.lines {
        for index in 0..<side {
            let frames = source.bits + (index * axis.indexStride + line * axis.lineStride) * steps * source.stride
            for step in 0..<steps {
                let place = step < grouped ? ((step >> 2) * side + index) << 2 + step & 3 : step * side + index
                axis.scratch[place] = loadSpikes(L.self, frames + step * source.stride)
            }
        }
        var output = 0
        while output + 4 <= side {
            var first = LineOutput<L>(axis, steps, line: line, output: output, lanes, spikes)
            var second = LineOutput<L>(axis, steps, line: line, output: output + 1, lanes, spikes)
            var third = LineOutput<L>(axis, steps, line: line, output: output + 2, lanes, spikes)
            var fourth = LineOutput<L>(axis, steps, line: line, output: output + 3, lanes, spikes)
            for group in 0..<grouped >> 2 {
                var masks = UnsafePointer(axis.scratch + group * side * 4)
                var sums = (FourSums<L>(first.bias), FourSums<L>(second.bias), FourSums<L>(third.bias), FourSums<L>(fourth.bias))
                for index in 0..<side {
                    sums.0.add(first.weights[index], where: masks)
                    sums.1.add(second.weights[index], where: masks)
                    sums.2.add(third.weights[index], where: masks)
                    sums.3.add(fourth.weights[index], where: masks)
                    masks += 4
                }
                first.step(sums.0)
                second.step(sums.1)
                third.step(sums.2)
                fourth.step(sums.3)
            }
            mixSteps(&first, axis, grouped..<steps)
            mixSteps(&second, axis, grouped..<steps)
            mixSteps(&third, axis, grouped..<steps)
            mixSteps(&fourth, axis, grouped..<steps)
            output += 4
        }
        while output < side {
            var single = LineOutput<L>(axis, steps, line: line, output: output, lanes, spikes)
            for group in 0..<grouped >> 2 {
                let masks = UnsafePointer(axis.scratch + group * side * 4)
                var sums = FourSums<L>(single.bias)
                for index in 0..<side { sums.add(single.weights[index], where: masks + index * 4) }
                single.step(sums)
            }
            mixSteps(&single, axis, grouped..<steps)
            output += 1
        }
    }
}

/// The time steps beyond whole groups of four, one at a time.
@inline(__always)
func mixSteps<L: Lanes>(_ output: inout LineOutput<L>, _ axis: MixingAxis, _ steps: Range<Int>) {
    for step in steps {
        let masks = axis.scratch + step * axis.side
        var sum = L.broadcast(output.bias)
        for index in 0..<axis.side {
            sum = L.sumWhere(sum, L.broadcast(Int32(truncatingIfNeeded: output.weights[index])), masks[index])
        }
        output.step(sum)
    }
}

/// The sums themselves, in the order of frames.
@inline(__always)
func mixCurrentsTile<L: Lanes>(
    _: L.Type, _ axis: MixingAxis, _ steps: Int, _ source: SpikePlace, _ currents: UnsafeMutableRawPointer
) {
    let stride = axis.indexStride * steps * source.stride
    for line in 0..<axis.lines {
        for step in 0..<steps {
            let frame = axis.lineStride * line * steps + step
            var weights = UnsafePointer(axis.weights.assumingMemoryBound(to: L.Weight.self))
            for output in 0..<axis.side {
                var sum = L.broadcast(axis.biases[output])
                var spikes = source.bits + frame * source.stride
                for _ in 0..<axis.side {
                    sum = L.sumWhere(sum, L.broadcast(Int32(truncatingIfNeeded: weights.pointee)), loadSpikes(L.self, spikes))
                    weights += 1
                    spikes += stride
                }
                L.store(L.cut(sum), currents + (frame + output * axis.indexStride * steps) << 6)
            }
        }
    }
}
