extension ScalarKernels {
    @Sendable
    func listSpikes(
        _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ extent: Extent, _ lists: RowLists,
        _ counts: UnsafeMutablePointer<Int>
    ) {
        var used = 0
        lists.starts[0] = 0
        for frame in 0..<extent.tokens * extent.steps {
            for source in 0..<sourceCount {
                let before = used
                append(sources[source], frame: frame, firstRow: sources[source].firstRow, lists, &used)
                counts[source * extent.steps + frame % extent.steps] += used - before
            }
            finish(frame, lists, &used)
        }
    }

    @Sendable
    func listConvolution(
        _ sources: UnsafePointer<SpikeSource>, _ sourceCount: Int, _ window: GridWindow, _ inputs: Int, _ firstToken: Int, _ extent: Extent,
        _ lists: RowLists, _ counts: UnsafeMutablePointer<Int>
    ) {
        var used = 0
        lists.starts[0] = 0
        for frame in 0..<extent.tokens * extent.steps {
            for source in 0..<sourceCount {
                let before = used
                for tap in 0..<window.taps {
                    let input = window.input(output: firstToken + frame / extent.steps, tap: tap)
                    guard input >= 0 else { continue }
                    append(
                        sources[source], frame: input * extent.steps + frame % extent.steps,
                        firstRow: sources[source].firstRow + tap * inputs, lists, &used)
                }
                counts[source * extent.steps + frame % extent.steps] += used - before
            }
            finish(frame, lists, &used)
        }
    }

    private func finish(_ frame: Int, _ lists: RowLists, _ used: inout Int) {
        if used % 2 != 0 {
            lists.rows[used] = UInt16(lists.zeroRow << lists.shift)
            used += 1
        }
        lists.starts[frame + 1] = UInt32(used / 2)
    }

    private func append(_ source: SpikeSource, frame: Int, firstRow: Int, _ lists: RowLists, _ used: inout Int) {
        for channel in 0..<source.wordCount * 64 {
            let byte = source.words.load(fromByteOffset: frame * source.stride + channel / 8, as: UInt8.self)
            guard byte >> UInt8(channel % 8) & 1 == 1 else { continue }
            lists.rows[used] = UInt16((firstRow + channel) << lists.shift)
            used += 1
        }
    }

    @Sendable
    func convolvePixels(
        _ convolution: PixelConvolution, _ pixels: UnsafePointer<UInt8>, _ outputs: Int, _ currents: UnsafeMutableRawPointer
    ) {
        let window = convolution.window
        for token in 0..<window.outputs {
            for output in 0..<outputs {
                var sum = 0
                var bias = wide(convolution.bias, output)
                for tap in 0..<window.taps {
                    let input = window.input(output: token, tap: tap)
                    guard input >= 0 else {
                        bias = numbers.difference(bias, wide(convolution.tapBias, tap * 16 + output))
                        continue
                    }
                    for color in 0..<3 {
                        let line = (tap * 3 + color) * 16 + output
                        let weight = wide(convolution.high, line) << 8 + wide(convolution.low, line)
                        sum = numbers.sum(sum, numbers.product(weight, Int(pixels[input * 3 + color])))
                    }
                }
                let current = numbers.sum(bias, numbers.shiftedRight(sum, by: 8))
                require(Int32(exactly: current) != nil, "the folding bounds the embedding")
                currents.storeBytes(of: Int32(current), toByteOffset: token * LineBuffer.lineBytes + output * 4, as: Int32.self)
            }
        }
    }

    /// A value of 32 bits, whatever the lanes.
    func wide(_ line: UnsafeRawPointer, _ index: Int) -> Int { Int(line.load(fromByteOffset: index * 4, as: Int32.self)) }

    @Sendable
    func narrow(_ low: UnsafeRawPointer, _ high: UnsafeRawPointer, _ tokens: Int, _ currents: UnsafeMutableRawPointer) {
        for token in 0..<tokens {
            let line = token * LineBuffer.lineBytes
            for lane in 0..<lanes {
                let source = lane < 16 ? low : high
                set(currents + line, lane, limited(Int(source.load(fromByteOffset: line + lane % 16 * 4, as: Int32.self))))
            }
        }
    }

    @Sendable
    func sumShiftedRows(
        _ rows: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ terms: UnsafePointer<ShiftedRow>, _ count: Int, _ outputs: Int,
        _ logits: UnsafeMutableRawPointer
    ) {
        for output in 0..<outputs {
            var sum = Int(bias.load(fromByteOffset: output * 4, as: Int32.self))
            for index in 0..<count {
                let row = rows + Int(terms[index].row) * LineBuffer.lineBytes
                let weight = Int(row.load(fromByteOffset: output * 4, as: Int32.self))
                sum = numbers.sum(sum, ofSpikeWith: numbers.shiftedLeft(weight, by: Int(terms[index].shift)))
            }
            require(Int32(exactly: sum) != nil, "the folding bounds the logits")
            logits.storeBytes(of: Int32(sum), toByteOffset: output * 4, as: Int32.self)
        }
    }
}
