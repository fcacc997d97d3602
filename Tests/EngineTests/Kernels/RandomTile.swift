import SpikeKernels

/// Tiles of legal weights, one or several side by side, and the lists of rows that are added, as a layer hands them to its kernels.
struct RandomTile {
    let tile: WeightTile
    let lists: RowLists
    let extent: Extent
    let description: String
    let keep: [LineBuffer]

    var frames: Int { extent.tokens * extent.steps }
    /// Lines of the currents of all tiles.
    var lines: Int { tile.width * (frames + 1) }

    /// The lane mask of a line of the currents: none between the tiles.
    func mask(line: Int) -> UInt32 {
        let (index, frame) = line.quotientAndRemainder(dividingBy: frames + 1)
        return frame == frames ? 0 : tile.tile(index).lanes
    }

    /// - Parameter largestSum: bound of bias and all rows together, for wide lanes; narrow lanes cut off.
    init(_ pair: KernelPair, largestSum: Int, _ random: inout TestRandom) {
        let inputs = random.number(0...9) == 0 ? 0 : random.pick([random.number(1...12), random.number(1...80), random.number(200...330)])
        let extent = Extent(tokens: random.number(1...5), steps: random.number(1...9))
        let mask = pair.laneMask(&random)
        let width = random.pick([1, 1, 2, 4])
        let lanes = pair.lanes * width
        func isOutput(_ lane: Int) -> Bool { lane < lanes - pair.lanes || mask >> UInt32(lane % pair.lanes) & 1 == 1 }
        let rate = random.rate()
        // Small numbers meet thresholds exactly; the largest ones reach the lanes' ends.
        let weightBound: Int
        let biasBound: Int
        if pair.isNarrow {
            weightBound = random.pick([1, 3, 100, 1000, 4095])
            biasBound = random.pick([2, 500, 16383])
        } else {
            let bound = random.pick([2, 1000, largestSum / (inputs + 1)])
            weightBound = min(bound, largestSum / (inputs + 1))
            biasBound = weightBound
        }
        var weights: [Int] = []
        for _ in 0..<inputs {
            let isOneSided = random.number(0...3) == 0
            for lane in 0..<lanes {
                let weight = random.number(within: weightBound)
                weights.append(!isOutput(lane) ? 0 : isOneSided ? abs(weight) : weight)
            }
        }
        let bias = (0..<lanes).map { isOutput($0) ? random.number(within: biasBound) : 0 }
        var (safeCount, partCount) = (Int.max, Int.max)
        if pair.isNarrow {
            for lane in 0..<lanes {
                let largest = stride(from: lane, to: weights.count, by: lanes).reduce(0) { max($0, abs(weights[$1])) }
                guard largest > 0 else { continue }
                safeCount = min(safeCount, (32767 - abs(bias[lane])) / largest)
                partCount = min(partCount, 32767 / largest)
            }
        }
        var rows: [UInt16] = []
        var starts: [UInt32] = [0]
        for _ in 0..<extent.tokens * extent.steps {
            for input in 0..<inputs where random.chance(rate) { rows.append(UInt16(input)) }
            while rows.count % 4 != 0 { rows.append(UInt16(inputs)) }
            starts.append(UInt32(rows.count / 4))
        }
        let weightLines = pair.line(weights + Array(repeating: 0, count: lanes))
        let biasLine = pair.line(bias)
        let rowLines = LineBuffer(rows)
        let startLines = LineBuffer(starts)
        // The currents of tiles stand a line apart from each other's.
        tile = WeightTile(
            rows: weightLines.base, bias: biasLine.base, safeCount: safeCount, partCount: partCount, lanes: mask, width: width,
            rowShift: 6 + width.trailingZeroBitCount, currentStride: (extent.tokens * extent.steps + 1) * LineBuffer.lineBytes)
        lists = RowLists(
            rows: rowLines.records(of: UInt16.self), starts: startLines.records(of: UInt32.self), zeroRow: inputs)
        self.extent = extent
        keep = [weightLines, biasLine, rowLines, startLines]
        description =
            "\(width) tiles, \(inputs) inputs, \(extent.tokens) tokens, \(extent.steps) steps, rate \(rate), weights to \(weightBound), biases to \(biasBound), "
            + "\(safeCount) safe, lanes \(String(mask, radix: 16))"
    }

    /// Memory that a kernel may fetch: none, or this tile's own.
    func next(_ random: inout TestRandom) -> UnsafeRawBufferPointer {
        random.chance(0.3)
            ? UnsafeRawBufferPointer(start: nil, count: 0) : UnsafeRawBufferPointer(start: keep[0].base, count: keep[0].bytes)
    }
}
