internal import SpikeKernels

@inline(__always)
func sumWindowTile<L: Lanes>(
    _: L.Type, _ source: SpikePlace, _ window: GridWindow, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ firstToken: Int,
    _ extent: Extent, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
) {
    let start = L.load(bias)
    var line = currents
    for token in firstToken..<firstToken + extent.tokens {
        for step in 0..<extent.steps {
            var sum = start
            window.forEachInput(output: token) { input, tap in
                let spikes = loadSpikes(L.self, source.bits + (input * extent.steps + step) * source.stride)
                sum = L.boundedSum(sum, L.clearedWhere(L.load(weights + tap << 6), ~spikes))
            }
            let current = L.cut(sum)
            L.store(isAdded ? L.cut(L.boundedSum(current, L.load(line))) : current, line)
            line += 64
        }
    }
}

@inline(__always)
func addWhereTile<L: Lanes>(
    _: L.Type, _ source: SpikePlace, _ amplitude: UnsafeRawPointer, _ bias: UnsafeRawPointer?, _ extent: Extent,
    _ currents: UnsafeMutableRawPointer
) {
    let rise = L.load(amplitude)
    let start = bias.map { L.load($0) }
    var line = currents
    var place = UnsafeRawPointer(source.bits)
    for _ in 0..<extent.tokens * extent.steps {
        L.store(L.cut(L.boundedSum(start ?? L.load(line), L.clearedWhere(rise, ~loadSpikes(L.self, place)))), line)
        line += 64
        place += source.stride
    }
}

@inline(__always)
func addCurrentsTile<L: Lanes>(
    _: L.Type, _ others: CurrentLines, _ units: UnsafeRawPointer?, _ extent: Extent, _ currents: UnsafeMutableRawPointer, _ isAdded: Bool
) {
    var line = currents
    let places = units.map { L.load($0) } ?? L.broadcast(0)
    for token in 0..<extent.tokens {
        for step in 0..<extent.steps {
            let other = L.shiftedRightEach(L.load(others.line(token: token, step: step)), places)
            L.store(isAdded ? L.cut(L.boundedSum(L.load(line), other)) : other, line)
            line += 64
        }
    }
}

@inline(__always)
func addLineTile<L: Lanes>(_: L.Type, _ addend: UnsafeRawPointer, _ extent: Extent, _ currents: UnsafeMutableRawPointer) {
    let other = L.load(addend)
    var line = currents
    for _ in 0..<extent.tokens * extent.steps {
        L.store(L.cut(L.boundedSum(L.load(line), other)), line)
        line += 64
    }
}

@inline(__always)
func rescaleTile<L: Lanes>(
    _: L.Type, _ scales: UnsafePointer<TokenScale>, _ shifts: UnsafePointer<Int32>, _ units: UnsafeRawPointer?, _ extent: Extent,
    _ currents: UnsafeMutableRawPointer
) {
    var scale = LineScale<L>(shifts, units)
    var line = currents
    for frame in 0..<extent.tokens * extent.steps {
        scale.begin(scales[frame])
        L.store(L.cut(scale.apply(L.bounded(L.load(line), to: scales[frame].limit))), line)
        line += 64
    }
}

@inline(__always)
func poolCurrentsTile<L: Lanes>(
    _: L.Type, _ source: CurrentLines, _ window: GridWindow, _ firstToken: Int, _ extent: Extent, _ currents: UnsafeMutableRawPointer
) {
    var line = currents
    for token in firstToken..<firstToken + extent.tokens {
        for step in 0..<extent.steps {
            var largest = L.broadcast(0)
            var isFirst = true
            window.forEachInput(output: token) { input, _ in
                let current = L.load(source.line(token: input, step: step))
                largest = isFirst ? current : L.larger(largest, current)
                isFirst = false
            }
            L.store(largest, line)
            line += 64
        }
    }
}

@inline(__always)
func averageCurrentsTile<L: Lanes>(
    _: L.Type, _ source: CurrentLines, _ window: GridWindow, _ shift: Int32, _ firstToken: Int, _ extent: Extent,
    _ currents: UnsafeMutableRawPointer
) {
    var line = currents
    for token in firstToken..<firstToken + extent.tokens {
        for step in 0..<extent.steps {
            var total = L.noTotal
            window.forEachInput(output: token) { input, _ in total = L.total(total, L.load(source.line(token: input, step: step))) }
            L.store(L.average(total, shift), line)
            line += 64
        }
    }
}

@inline(__always)
func countTokensTile<L: Lanes>(
    _: L.Type, _ source: SpikePlace, _ amplitude: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ extent: Extent,
    _ currents: UnsafeMutableRawPointer
) {
    let rise = L.load(amplitude)
    for step in 0..<extent.steps {
        var sum = L.load(bias)
        var place = UnsafeRawPointer(source.bits) + step * source.stride
        for _ in 0..<extent.tokens {
            sum = L.boundedSum(sum, L.clearedWhere(rise, ~loadSpikes(L.self, place)))
            place += source.stride * extent.steps
        }
        L.store(L.cut(sum), currents + step << 6)
    }
}
