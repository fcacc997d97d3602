import SpikeKernels
import Testing

/// The kernels that multiply, spikes with spikes and currents with weights, against the specification.
@Suite struct ProductKernelTests {
    @Test(arguments: KernelPair.all)
    func `multiplySpikes gives the specification's currents for heads of any width and tiles across them`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let headChannels = random.pick([1, 3, 8, 12, 16, 20, 33, 64])
            let heads = random.number(1...4)
            let channels = headChannels * heads
            let extent = Extent(tokens: random.number(1...10), steps: random.number(1...4))
            let frames = extent.tokens * extent.steps
            let words = (channels + 63) / 64
            func spikes(_ random: inout TestRandom) -> LineBuffer {
                let buffer = LineBuffer(count: frames * words, of: UInt64.self)
                let rate = random.rate()
                for frame in 0..<frames {
                    for channel in 0..<channels where random.chance(rate) {
                        let index = frame * words + channel / 64
                        buffer.set(index, buffer.value(index, as: UInt64.self) | 1 << UInt64(channel % 64))
                    }
                }
                return buffer
            }
            let (query, key, value) = (spikes(&random), spikes(&random), spikes(&random))
            let firstLane = random.number(0...(channels - 1) / pair.lanes) * pair.lanes
            let firstChannel = firstLane / headChannels * headChannels
            let lastLane = min(firstLane + pair.lanes, channels)
            let endChannel = (lastLane + headChannels - 1) / headChannels * headChannels
            let largest = pair.isNarrow ? 4096 : Int(Int32.max) / (headChannels * extent.tokens)
            let unit = Int32(random.pick([1, 3, largest]))
            func source(_ buffer: LineBuffer) -> SpikeSource {
                SpikeSource(words: buffer.base, stride: words * 8, wordCount: words, firstRow: 0)
            }
            let scratch = GuardedLines(bytes: (endChannel - firstChannel) * LineBuffer.lineBytes, &random)
            let products = SpikeProducts(
                query: source(query), key: source(key), value: SpikePlace(bits: value.base + firstLane / 8, stride: words * 8),
                headChannels: headChannels, firstChannel: firstChannel, endChannel: endChannel, firstLane: firstLane, unit: unit,
                scratch: scratch.base)
            let currents = GuardedLines(bytes: frames * LineBuffer.lineBytes, &random)
            let difference = pair.compare(
                currents, lines: frames, lanes: pair.allLanes, keeping: [query, key, value, scratch.buffer]
            ) { kernels, base in
                kernels.multiplySpikes(products, extent, base)
            }
            return (difference ?? (scratch.isGuardUntouched ? nil : "wrote beside its scratch")).map {
                "\($0); \(heads) heads of \(headChannels), lanes from \(firstLane), \(extent.tokens) tokens, unit \(unit)"
            }
        }
    }

    @Test(arguments: KernelPair.all)
    func `multiplyCurrents gives the specification's currents for any window, added or not`(pair: KernelPair) {
        pair.forEachSeed(150) { random in
            let window = GridWindow.random(&random)
            let (first, tokens) = window.part(&random)
            let extent = Extent(tokens: tokens, steps: random.number(1...4))
            let inputs = random.pick([1, 3, pair.lanes, random.number(1...70)])
            let steps = random.chance(0.5) ? 1 : extent.steps
            let positions = window.inputs * steps
            let tiles = (inputs + pair.lanes - 1) / pair.lanes
            let source = pair.lines(tiles * positions, within: pair.largestCurrent, &random)
            let linesPerWeight = pair.lanes / 16
            // Sums stay within 63 bits.
            let bits = min(30, 62 - (pair.laneBits - 1) - (Int.bitWidth - (window.taps * inputs).leadingZeroBitCount))
            let bound = random.pick([3, 1 << (bits / 2), 1 << bits - 1])
            let weights = LineBuffer(
                (0..<window.taps * inputs * linesPerWeight * 16).map { _ in Int32(random.number(within: bound)) })
            let bias = LineBuffer((0..<pair.lanes).map { _ in Int32(random.number(within: pair.largestCurrent)) })
            let shift = Int32(random.number(0...40))
            let products = CurrentProducts(
                window: window, inputs: inputs, currents: source.base, tileStride: positions * LineBuffer.lineBytes, inputSteps: steps,
                weights: weights.base, bias: bias.base, shift: shift)
            let mask = pair.laneMask(&random)
            let isAdded = random.chance(0.5)
            let frames = tokens * extent.steps
            let currents = pair.lines(frames, within: pair.largestCurrent, &random)
            return pair.compare(currents, lines: frames, lanes: mask, keeping: [source.buffer, weights, bias]) { kernels, base in
                kernels.multiplyCurrents(products, first, extent, mask, base, isAdded)
            }.map { "\($0); \(window.words), \(inputs) inputs, weights to \(bound), shift \(shift), added \(isAdded)" }
        }
    }
}
