extension ScalarKernels {
    @Sendable
    func multiplySpikes(_ products: SpikeProducts, _ extent: Extent, _ currents: UnsafeMutableRawPointer) {
        func spikes(_ source: SpikeSource, _ frame: Int, _ channel: Int) -> Bool {
            source.words.load(fromByteOffset: frame * source.stride + channel / 8, as: UInt8.self) >> UInt8(channel % 8) & 1 == 1
        }
        for step in 0..<extent.steps {
            for channel in products.firstChannel..<products.endChannel {
                let row = products.scratch + (channel - products.firstChannel) * LineBuffer.lineBytes
                let head = products.lanes(ofHeadOf: channel, count: lanes)
                forEachLane { lane in
                    var count = 0
                    for token in 0..<extent.tokens where head >> UInt32(lane) & 1 == 1 {
                        let frame = token * extent.steps + step
                        guard spikes(products.key, frame, channel), contains(products.value, frame, lane) else { continue }
                        count = cutToLanes(numbers.sum(count, ofSpikeWith: Int(products.unit)))
                    }
                    set(row, lane, count)
                }
            }
            for token in 0..<extent.tokens {
                let frame = token * extent.steps + step
                forEachLane { lane in
                    var sum = 0
                    for channel in products.firstChannel..<products.endChannel where spikes(products.query, frame, channel) {
                        let row = products.scratch + (channel - products.firstChannel) * LineBuffer.lineBytes
                        sum = cutToLanes(numbers.sum(sum, ofSpikeWith: value(row, lane)))
                    }
                    set(currents + frame * LineBuffer.lineBytes, lane, cut(sum))
                }
            }
        }
    }

    @Sendable
    func multiplyCurrents(
        _ products: CurrentProducts, _ firstToken: Int, _ extent: Extent, _ lanes: UInt32, _ currents: UnsafeMutableRawPointer,
        _ isAdded: Bool
    ) {
        let linesPerWeight = self.lanes / 16
        forEachFrame(extent, currents) { frame, line in
            forEachLane(lanes) { lane in
                var sum = 0
                for tap in 0..<products.window.taps {
                    let position = products.window.input(output: firstToken + frame / extent.steps, tap: tap)
                    guard position >= 0 else { continue }
                    let place = position * products.inputSteps + min(frame % extent.steps, products.inputSteps - 1)
                    for input in 0..<products.inputs {
                        let source = products.currents + input / self.lanes * products.tileStride + place * LineBuffer.lineBytes
                        let weight = wide(products.weights, ((tap * products.inputs + input) * linesPerWeight + lane / 16) * 16 + lane % 16)
                        sum = numbers.sum(sum, numbers.product(value(source, input % self.lanes), weight))
                    }
                }
                let current = cut(numbers.sum(numbers.shiftedRight(sum, by: Int(products.shift)), wide(products.bias, lane)))
                set(line, lane, isAdded ? cut(numbers.sum(current, value(line, lane))) : current)
            }
        }
    }
}

extension NeuronTile {
    /// Whether a time step halves the potential, and nothing else has to be looked at.
    @inline(__always)
    package var isHalving: Bool { leakTerms == 1 && leak[0].shift == 1 && !leak[0].isSubtracted }
}
