internal import Networks
internal import SpikeKernels

/// The layer that reads the image. It multiplies; weights have 8 bits below the unit, because pixels multiply their rounding as well.
struct FoldedPixels: Sendable {
    let channels: Int
    let window: GridWindow
    private let high: LineBuffer
    private let low: LineBuffer
    private let bias: LineBuffer
    private let tapBias: LineBuffer
    private let real: (weights: [[Double]], bias: [Double], units: [Double])
    /// What pixels can make of each output, its bias aside: the range for which units were chosen.
    private let ranges: [ClosedRange<Double>]

    /// - Parameters:
    ///   - layer: on normalised pixels.
    ///   - realBias: of each output.
    init(_ layer: RealLayer, bias realBias: [Double], window: GridWindow, normalization: PixelNormalization, units: [Double]) {
        channels = units.count
        self.window = window
        let lines = window.taps * 3
        let tiles = (units.count + 15) / 16
        high = LineBuffer(lines: tiles * lines)
        low = LineBuffer(lines: tiles * lines)
        bias = LineBuffer(lines: tiles)
        tapBias = LineBuffer(lines: tiles * window.taps)
        var weights: [[Double]] = []
        var ranges: [ClosedRange<Double>] = []
        var row = Array(repeating: 0.0, count: lines)
        for channel in units.indices {
            layer.fill(channel, &row)
            weights.append(row)
            ranges.append(normalization.range(ofSum: row))
            let (tile, lane, unit) = (channel / 16, channel % 16, units[channel])
            var total = nearest(max(min(realBias[channel] * unit, 0x1p40), -0x1p40))
            for tap in 0..<window.taps {
                var constant = 0.0
                for color in 0..<3 {
                    let value = row[tap * 3 + color]
                    constant -= value * normalization.means[color] / normalization.deviations[color]
                    let weight = Int(nearest(value / (255 * normalization.deviations[color]) * unit * 256))
                    let place = (tile * lines + tap * 3 + color) * 16 + lane
                    high.set(place, Int32(weight >> 8))
                    low.set(place, Int32(weight & 255))
                }
                let rounded = nearest(constant * unit)
                tapBias.set((tile * window.taps + tap) * 16 + lane, Int32(rounded))
                total += rounded
            }
            bias.set(channel, Int32(max(min(total, 0x1p31 - 1), -0x1p31)))
        }
        real = (weights, realBias, units)
        self.ranges = ranges
    }

    var bytes: Int { high.bytes + low.bytes + bias.bytes + tapBias.bytes }
    var tiles: Int { (channels + 15) / 16 }

    /// Computes 16 outputs: a line for each position.
    func convolve(_ pass: FixedPass, tile: Int, into lines: UnsafeMutableRawPointer) {
        switch pass.input {
        case .pixels:
            let convolution = PixelConvolution(
                window: window, high: high.line(tile * window.taps * 3), low: low.line(tile * window.taps * 3), bias: bias.line(tile),
                tapBias: tapBias.line(tile * window.taps))
            pass.kernels.convolvePixels(convolution, pass.pixels.records(of: UInt8.self), min(16, channels - tile * 16), lines)
        case .normalized(let values):
            for token in 0..<window.outputs {
                for lane in 0..<min(16, channels - tile * 16) {
                    let channel = tile * 16 + lane
                    let sum = sum(normalized: values, token: token, channel: channel)
                    if !isPossible(sum, channel) { pass.noteImpossibleInput() }
                    let current = current((sum + real.bias[channel]) * real.units[channel])
                    lines.storeBytes(of: current, toByteOffset: (token * 16 + lane) * 4, as: Int32.self)
                }
            }
        }
    }

    /// The same for an input that is normalised already, which has no bytes: a number that is rounded once.
    ///
    /// - Parameter normalized: `[3, size, size]`
    private func sum(normalized: [Float], token: Int, channel: Int) -> Double {
        let plane = window.inputHeight * window.inputWidth
        var sum = 0.0
        for tap in 0..<window.taps {
            let position = window.input(output: token, tap: tap)
            if position < 0 { continue }
            for color in 0..<3 { sum += real.weights[channel][tap * 3 + color] * Double(normalized[color * plane + position]) }
        }
        return sum
    }

    /// Whether pixels could make a sum; the darkest and brightest in single precision are.
    private func isPossible(_ sum: Double, _ channel: Int) -> Bool {
        let range = ranges[channel]
        let slack = (range.upperBound - range.lowerBound) * 1e-5
        return sum >= range.lowerBound - slack && sum <= range.upperBound + slack
    }

    private func current(_ number: Double) -> Int32 {
        let limit = Precision.fixed32.largestCurrent
        return Int32(max(min(nearest(max(min(number, 0x1p40), -0x1p40)), limit), -limit))
    }
}
