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
        _ source: SpikeSource, _ geometry: ConvolutionGeometry, _ firstToken: Int, _ extent: Extent, _ lists: RowLists,
        _ counts: UnsafeMutablePointer<Int>
    ) {
        var used = 0
        lists.starts[0] = 0
        for frame in 0..<extent.tokens * extent.steps {
            let token = firstToken + frame / extent.steps
            let before = used
            for tap in 0..<geometry.kernel * geometry.kernel {
                let row = token / geometry.outputSide * geometry.stride - geometry.padding + tap / geometry.kernel
                let column = token % geometry.outputSide * geometry.stride - geometry.padding + tap % geometry.kernel
                guard (0..<geometry.inputSide).contains(row), (0..<geometry.inputSide).contains(column) else { continue }
                let input = (row * geometry.inputSide + column) * extent.steps + frame % extent.steps
                append(source, frame: input, firstRow: source.firstRow + tap * geometry.inputs, lists, &used)
            }
            counts[frame % extent.steps] += used - before
            finish(frame, lists, &used)
        }
    }

    private func finish(_ frame: Int, _ lists: RowLists, _ used: inout Int) {
        while used % 4 != 0 {
            lists.rows[used] = UInt16(lists.zeroRow)
            used += 1
        }
        lists.starts[frame + 1] = UInt32(used / 4)
    }

    private func append(_ source: SpikeSource, frame: Int, firstRow: Int, _ lists: RowLists, _ used: inout Int) {
        for channel in 0..<source.wordCount * 64 {
            let byte = source.words.load(fromByteOffset: frame * source.stride + channel / 8, as: UInt8.self)
            guard byte >> UInt8(channel % 8) & 1 == 1 else { continue }
            lists.rows[used] = UInt16(firstRow + channel)
            used += 1
        }
    }

    @Sendable
    func convolvePixels(
        _ geometry: PatchGeometry, _ pixels: UnsafePointer<UInt8>, _ high: UnsafeRawPointer, _ low: UnsafeRawPointer,
        _ bias: UnsafeRawPointer, _ outputs: Int, _ currents: UnsafeMutableRawPointer
    ) {
        func number(_ line: UnsafeRawPointer, _ index: Int) -> Int { Int(line.load(fromByteOffset: index * 4, as: Int32.self)) }
        let taps = geometry.patchSize * geometry.patchSize * 3
        for token in 0..<geometry.side * geometry.side {
            for output in 0..<outputs {
                var sum = 0
                for tap in 0..<taps {
                    let row = token / geometry.side * geometry.patchSize + tap / (geometry.patchSize * 3)
                    let column = token % geometry.side * geometry.patchSize * 3 + tap % (geometry.patchSize * 3)
                    let weight = number(high, tap * 16 + output) << 8 + number(low, tap * 16 + output)
                    let pixel = Int(pixels[row * geometry.imageSize * 3 + column])
                    sum = numbers.sum(sum, numbers.product(weight, pixel))
                }
                let current = numbers.sum(number(bias, output), numbers.shiftedRight(sum, by: 8))
                require(Int32(exactly: current) != nil, "the folding bounds the embedding")
                currents.storeBytes(of: Int32(current), toByteOffset: token * LineBuffer.lineBytes + output * 4, as: Int32.self)
            }
        }
    }

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
