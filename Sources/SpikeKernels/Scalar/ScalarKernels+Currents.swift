extension ScalarKernels {
    @Sendable
    func fire(_ currents: CurrentLines, _ extent: Extent, _ neurons: NeuronTile, _ spikes: SpikePlace) {
        clear(spikes, extent)
        forEachNeuron(neurons.lanes, extent) { token, lane in
            let threshold = value(neurons.threshold, lane)
            let isTurned = neurons.turned.map { value($0, lane) != 0 } ?? false
            var potential = neurons.initial.map { value($0, lane) } ?? 0
            for step in 0..<extent.steps {
                var current = value(currents.line(token: token, step: step), lane)
                if let offset = neurons.offset { current = cut(numbers.sum(current, value(offset, lane))) }
                potential = held(numbers.sum(leaked(potential, neurons), current))
                let fires = isTurned ? numbers.isAtLeast(threshold, potential) : numbers.isAtLeast(potential, threshold)
                guard fires else { continue }
                potential = neurons.isSoft ? numbers.difference(potential, threshold) : 0
                insert(spikes, token * extent.steps + step, lane)
            }
        }
    }

    /// What is left of a potential: where that may be all of it, it is cut off, far from any threshold.
    private func leaked(_ potential: Int, _ neurons: NeuronTile) -> Int {
        if neurons.isHalving { return numbers.shiftedRight(potential, by: 1) }
        let before = halfCut(potential)
        var left = 0
        for index in 0..<neurons.leakTerms {
            let term = neurons.leak[index]
            let part = term.shift == 0 ? before : numbers.shiftedRight(before, by: Int(term.shift))
            left = term.isSubtracted ? numbers.difference(left, part) : numbers.sum(left, part)
        }
        return left
    }

    @Sendable
    func sumWindow(
        _ source: SpikePlace, _ window: GridWindow, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ firstToken: Int,
        _ extent: Extent, _ lanes: UInt32, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
    ) {
        forEachFrame(extent, currents) { frame, line in
            forEachLane(lanes) { lane in
                var sum = value(bias, lane)
                for tap in 0..<window.taps {
                    let input = window.input(output: firstToken + frame / extent.steps, tap: tap)
                    guard input >= 0, contains(source, input * extent.steps + frame % extent.steps, lane) else { continue }
                    sum = cutToLanes(numbers.sum(sum, ofSpikeWith: value(weights + tap * LineBuffer.lineBytes, lane)))
                }
                let current = cut(sum)
                set(line, lane, isAdded ? cut(numbers.sum(current, value(line, lane))) : current)
            }
        }
    }

    @Sendable
    func addWhere(
        _ source: SpikePlace, _ amplitude: UnsafeRawPointer, _ bias: UnsafeRawPointer?, _ extent: Extent,
        _ currents: UnsafeMutableRawPointer
    ) {
        forEachFrame(extent, currents) { frame, line in
            forEachLane { lane in
                let before = bias.map { value($0, lane) } ?? value(line, lane)
                set(line, lane, contains(source, frame, lane) ? cut(numbers.sum(before, ofSpikeWith: value(amplitude, lane))) : cut(before))
            }
        }
    }

    @Sendable
    func addCurrents(
        _ others: CurrentLines, _ units: UnsafeRawPointer?, _ extent: Extent, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
    ) {
        forEachFrame(extent, currents) { frame, line in
            let other = others.line(token: frame / extent.steps, step: frame % extent.steps)
            forEachLane { lane in
                let added = inUnits(value(other, lane), units, lane)
                set(line, lane, isAdded ? cut(numbers.sum(value(line, lane), added)) : added)
            }
        }
    }

    @Sendable
    func addLine(_ addend: UnsafeRawPointer, _ extent: Extent, _ currents: UnsafeMutableRawPointer) {
        forEachFrame(extent, currents) { _, line in
            forEachLane { lane in set(line, lane, cut(numbers.sum(value(line, lane), value(addend, lane)))) }
        }
    }

    @Sendable
    func poolCurrents(
        _ source: CurrentLines, _ window: GridWindow, _ firstToken: Int, _ extent: Extent, _ currents: UnsafeMutableRawPointer
    ) {
        forEachFrame(extent, currents) { frame, line in
            forEachLane { lane in
                var largest: Int?
                for tap in 0..<window.taps {
                    let input = window.input(output: firstToken + frame / extent.steps, tap: tap)
                    guard input >= 0 else { continue }
                    let current = value(source.line(token: input, step: frame % extent.steps), lane)
                    guard let before = largest else {
                        largest = current
                        continue
                    }
                    largest = numbers.isAtLeast(before, current) ? before : current
                }
                set(line, lane, largest ?? 0)
            }
        }
    }

    @Sendable
    func averageCurrents(
        _ source: CurrentLines, _ window: GridWindow, _ shift: Int32, _ firstToken: Int, _ extent: Extent,
        _ currents: UnsafeMutableRawPointer
    ) {
        forEachFrame(extent, currents) { frame, line in
            forEachLane { lane in
                var sum = 0
                for tap in 0..<window.taps {
                    let input = window.input(output: firstToken + frame / extent.steps, tap: tap)
                    guard input >= 0 else { continue }
                    sum = numbers.sum(sum, value(source.line(token: input, step: frame % extent.steps), lane))
                }
                set(line, lane, cut(numbers.shiftedRight(sum, by: Int(shift))))
            }
        }
    }

    @Sendable
    func countTokens(
        _ source: SpikePlace, _ amplitude: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ extent: Extent, _ currents: UnsafeMutableRawPointer
    ) {
        for step in 0..<extent.steps {
            forEachLane { lane in
                var sum = value(bias, lane)
                for token in 0..<extent.tokens where contains(source, token * extent.steps + step, lane) {
                    sum = cutToLanes(numbers.sum(sum, ofSpikeWith: value(amplitude, lane)))
                }
                set(currents + step * LineBuffer.lineBytes, lane, cut(sum))
            }
        }
    }

    /// Narrow lanes cut off a running sum at their range; wide ones hold it.
    func cutToLanes(_ sum: Int) -> Int {
        guard isNarrow else {
            require(Int32(exactly: sum) != nil, "the folding bounds every sum")
            return sum
        }
        return numbers.limited(sum, from: -32768, to: 32767)
    }
}
