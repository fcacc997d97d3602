internal import CLanes
package import SpikeKernels

@inline(__always)
func multiplySpikesTile<L: Lanes>(_: L.Type, _ products: SpikeProducts, _ extent: Extent, _ currents: UnsafeMutableRawPointer) {
    let unit = L.broadcast(products.unit)
    let lanes = 512 / (MemoryLayout<L.Weight>.size * 8)
    let zero = L.broadcast(0)
    for step in 0..<extent.steps {
        for channel in products.firstChannel..<products.endChannel {
            L.store(zero, products.scratch + (channel - products.firstChannel) << 6)
        }
        for token in 0..<extent.tokens {
            let frame = token * extent.steps + step
            let value = loadSpikes(L.self, products.value.bits + frame * products.value.stride)
            if value == 0 { continue }
            forEachSpike(products.key, frame, products.firstChannel, products.endChannel) { channel in
                let row = products.scratch + (channel - products.firstChannel) << 6
                let counted = value & products.lanes(ofHeadOf: channel, count: lanes)
                L.store(L.boundedSum(L.load(row), L.clearedWhere(unit, ~counted)), row)
            }
        }
        for token in 0..<extent.tokens {
            let frame = token * extent.steps + step
            var sum = zero
            forEachSpike(products.query, frame, products.firstChannel, products.endChannel) { channel in
                sum = L.boundedSum(sum, L.load(products.scratch + (channel - products.firstChannel) << 6))
            }
            L.store(L.cut(sum), currents + frame << 6)
        }
    }
}

/// Calls `body` with each channel from `first` up to `end` that spikes in a frame, ascending.
@inline(__always)
func forEachSpike(_ source: SpikeSource, _ frame: Int, _ first: Int, _ end: Int, _ body: (Int) -> Void) {
    let words = source.words + frame * source.stride
    var word = first >> 6
    while word << 6 < end {
        var bits = words.load(fromByteOffset: word << 3, as: UInt64.self)
        if word << 6 < first { bits &= ~0 << UInt64(truncatingIfNeeded: first - word << 6) }
        if end - word << 6 < 64 { bits &= 1 << UInt64(truncatingIfNeeded: end - word << 6) &- 1 }
        while bits != 0 {
            body(word << 6 + bits.trailingZeroBitCount)
            bits &= bits &- 1
        }
        word += 1
    }
}

/// Sums of 16 outputs in 64 bits.
struct ProductSums {
    private var low = broadcast64(0)
    private var high = broadcast64(0)

    @inline(__always) init() {}

    @inline(__always)
    mutating func add(_ weights: UnsafeRawPointer, _ current: Int32) {
        let line = load32(weights)
        low = sumOfProductLow(low, line, current)
        high = sumOfProductHigh(high, line, current)
    }

    @inline(__always)
    func current(_ shift: Int32, _ bias: UnsafeRawPointer, _ lowest: Int32, _ highest: Int32) -> SIMD16<Int32> {
        narrowed64(low, high, shift, load32(bias), lowest, highest)
    }
}

package func multiplyCurrents32(
    _ products: CurrentProducts, _ firstToken: Int, _ extent: Extent, _ lanes: UInt32, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
) {
    var line = currents
    for token in firstToken..<firstToken + extent.tokens {
        for step in 0..<extent.steps {
            var sums = ProductSums()
            forEachInput(Lanes32.self, products, token, step) { weights, current in sums.add(weights, current) }
            let current = sums.current(products.shift, products.bias, -1_073_741_824, 1_073_741_823)
            store32(isAdded ? Lanes32.cut(sum32(current, load32(line))) : current, line)
            line += 64
        }
    }
}

package func multiplyCurrents16(
    _ products: CurrentProducts, _ firstToken: Int, _ extent: Extent, _ lanes: UInt32, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
) {
    var line = currents
    for token in firstToken..<firstToken + extent.tokens {
        for step in 0..<extent.steps {
            var sums = (ProductSums(), ProductSums())
            forEachInput(Lanes16.self, products, token, step) { weights, current in
                sums.0.add(weights, current)
                sums.1.add(weights + 64, current)
            }
            let current = narrowed(
                sums.0.current(products.shift, products.bias, -32768, 32767),
                sums.1.current(products.shift, products.bias + 64, -32768, 32767))
            store16(isAdded ? saturatingSum16(current, load16(line)) : current, line)
            line += 64
        }
    }
}

/// Calls `body` with each current that a window reads and its lines of weights.
@inline(__always)
func forEachInput<L: Lanes>(_: L.Type, _ products: CurrentProducts, _ token: Int, _ step: Int, _ body: (UnsafeRawPointer, Int32) -> Void) {
    let size = MemoryLayout<L.Weight>.size
    let lanes = 64 / size
    // A line of 16 products for wide lanes, two of them for narrow ones.
    let weightBytes = 256 / size
    var weights = products.weights
    for tap in 0..<products.window.taps {
        let position = products.window.input(output: token, tap: tap)
        if position < 0 {
            weights += products.inputs * weightBytes
            continue
        }
        let place = (position * products.inputSteps + min(step, products.inputSteps - 1)) << 6
        for input in 0..<products.inputs {
            let source = products.currents + input / lanes * products.tileStride + place
            body(weights, Int32(truncatingIfNeeded: source.load(fromByteOffset: input % lanes * size, as: L.Weight.self)))
            weights += weightBytes
        }
    }
}
