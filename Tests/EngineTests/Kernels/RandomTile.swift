import SpikeKernels

/// Tiles of legal weights and the lists of rows that are added, as a layer hands them to its kernels.
struct RandomTile {
    let tiles: WeightTiles
    let lists: RowLists
    let extent: Extent
    let description: String
    let keep: [LineBuffer]

    var frames: Int { extent.tokens * extent.steps }
    /// The first of the tiles.
    var tile: WeightTile { tiles.tile(0) }
    var count: Int { tiles.count }

    /// - Parameters:
    ///   - count: tiles.
    ///   - largestSum: bound of bias and all rows together, for wide lanes; narrow lanes cut off.
    ///   - inputs: of the layer; as most have by default.
    init(_ pair: KernelPair, count: Int = 1, largestSum: Int, inputs: Int? = nil, _ random: inout TestRandom) {
        let usual = [0, random.number(1...12), random.number(1...80), random.number(200...330)]
        let inputs = inputs ?? (random.chance(0.1) ? usual[0] : random.pick(Array(usual.dropFirst())))
        let extent = Extent(tokens: random.number(1...5), steps: random.number(1...9))
        let mask = pair.laneMask(&random)
        func isOutput(_ tile: Int, _ lane: Int) -> Bool { tile < count - 1 || mask >> UInt32(lane) & 1 == 1 }
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
        for tile in 0..<count {
            for _ in 0..<inputs {
                let isOneSided = random.number(0...3) == 0
                for lane in 0..<pair.lanes {
                    let weight = random.number(within: weightBound)
                    weights.append(!isOutput(tile, lane) ? 0 : isOneSided ? abs(weight) : weight)
                }
            }
            weights += Array(repeating: 0, count: pair.lanes)
        }
        let bias = (0..<count * pair.lanes).map {
            isOutput($0 / pair.lanes, $0 % pair.lanes) ? random.number(within: biasBound) : 0
        }
        var safeCount = Int.max
        let isFine = !pair.isNarrow && random.chance(0.7)
        let finer = (0..<count * pair.lanes).map { _ in isFine ? random.number(0...8) : 0 }
        if pair.isNarrow || isFine {
            let largest = pair.isNarrow ? 32767 : Int(Int32.max)
            for (place, weight) in weights.enumerated() where weight != 0 {
                let lane = place / ((inputs + 1) * pair.lanes) * pair.lanes + place % pair.lanes
                // Finer weights leave room for fewer rows.
                if isFine { weights[place] = weight * min(1 << finer[lane], max((largest - abs(bias[lane])) / (4 * abs(weight)), 1)) }
                safeCount = min(safeCount, (largest - abs(bias[lane])) / abs(weights[place]))
            }
        }
        let places = (0..<count).flatMap { tile in
            let own = finer[tile * pair.lanes..<(tile + 1) * pair.lanes]
            return Array(own) + own.map { 1 << $0 - 1 }
        }
        let shift = inputs >> 13 == 0 ? 3 : 0
        var rows: [UInt16] = []
        var starts: [UInt32] = [0]
        for _ in 0..<extent.tokens * extent.steps {
            for input in 0..<inputs where random.chance(rate) { rows.append(UInt16(input << shift)) }
            if rows.count % 2 != 0 { rows.append(UInt16(inputs << shift)) }
            starts.append(UInt32(rows.count / 2))
        }
        let weightLines = pair.line(weights)
        let biasLine = pair.line(bias)
        let placeLines = pair.line(places)
        let rowLines = LineBuffer(rows)
        let startLines = LineBuffer(starts)
        tiles = WeightTiles(
            first: WeightTile(
                rows: weightLines.base, bias: biasLine.base, places: placeLines.base, safeCount: safeCount, lanes: pair.allLanes),
            count: count,
            stride: (inputs + 1) * LineBuffer.lineBytes, currentStride: extent.tokens * extent.steps * LineBuffer.lineBytes,
            lastLanes: mask)
        lists = RowLists(
            rows: rowLines.records(of: UInt16.self), starts: startLines.records(of: UInt32.self), positions: .none, zeroRow: inputs)
        self.extent = extent
        keep = [weightLines, biasLine, placeLines, rowLines, startLines]
        description =
            "\(count) tiles, \(inputs) inputs, \(extent.tokens) tokens, \(extent.steps) steps, rate \(rate), weights to \(weightBound), biases to \(biasBound), "
            + "finer by \(finer.max() ?? 0), \(safeCount) safe, lanes \(String(mask, radix: 16))"
    }

    /// Memory that a kernel may fetch: none, or this tile's own.
    func next(_ random: inout TestRandom) -> UnsafeRawBufferPointer {
        random.chance(0.3)
            ? UnsafeRawBufferPointer(start: nil, count: 0) : UnsafeRawBufferPointer(start: keep[0].base, count: keep[0].bytes)
    }
}
