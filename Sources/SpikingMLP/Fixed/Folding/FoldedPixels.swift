internal import SpikeKernels

/// The first convolution and its batch normalisation before rounding, on normalised pixels; halved, as all currents.
struct RealPixels {
    let channels: Int
    let geometry: PatchGeometry
    /// `[channels][row, column, color]`
    let weights: [[Double]]
    let bias: [Double]
    private let colors: PixelNormalization

    init(_ loader: FoldingSource) {
        let architecture = loader.architecture
        let patch = architecture.patchSize
        let tensor = loader.tensor("to_patch_embedding.0.0.weight")
        let normalization = loader.batchNorm("to_patch_embedding.0.1")
        colors = loader.normalization
        channels = architecture.dim
        geometry = PatchGeometry(imageSize: architecture.imageSize, patchSize: patch)
        weights = (0..<channels).map { channel in
            (0..<patch * patch * 3).map { tap in
                let value = tensor.values[(channel * 3 + tap % 3) * patch * patch + tap / 3]
                return Double(value) * normalization.scale[channel] / 2
            }
        }
        bias = normalization.shift.map { $0 / 2 }
    }

    /// Weights and bias for pixels from 0 to 255: the normalisation of the colours is folded in.
    func onBytes(channel: Int) -> (weights: [Double], bias: Double) {
        var sum = bias[channel]
        let scaled = weights[channel].enumerated().map { tap, weight in
            sum -= weight * colors.means[tap % 3] / colors.deviations[tap % 3]
            return weight / (255 * colors.deviations[tap % 3])
        }
        return (scaled, sum)
    }

    /// The largest absolute output of each channel for any image.
    var bounds: [Double] {
        (0..<channels).map { channel in
            let (weights, bias) = onBytes(channel: channel)
            let positive = weights.reduce(bias) { $0 + max($1, 0) * 255 }
            let negative = weights.reduce(bias) { $0 + min($1, 0) * 255 }
            return max(abs(positive), abs(negative))
        }
    }
}

/// The first convolution in whole numbers. It reads pixels and so multiplies; weights have 8 bits below the stage's unit, because pixels
/// multiply their rounding as well.
struct FoldedPixels: Sendable {
    let channels: Int
    let geometry: PatchGeometry
    /// `[tiles of 16][taps]` lines of the weights' high part, and of their low 8 bits.
    private let high: LineBuffer
    private let low: LineBuffer
    private let bias: LineBuffer
    private let taps: Int
    private let real: (weights: [[Double]], bias: [Double])
    private let unit: Double
    /// The largest current of each channel for pixels, in units.
    private let bounds: [Double]

    init(_ pixels: RealPixels, unit: Double) {
        channels = pixels.channels
        geometry = pixels.geometry
        taps = pixels.geometry.patchSize * pixels.geometry.patchSize * 3
        real = (pixels.weights, pixels.bias)
        self.unit = unit
        bounds = pixels.bounds.map { nearest($0 * unit) }
        let tiles = (channels + 15) / 16
        high = LineBuffer(lines: tiles * taps)
        low = LineBuffer(lines: tiles * taps)
        bias = LineBuffer(lines: tiles)
        for channel in 0..<channels {
            let (weights, shift) = pixels.onBytes(channel: channel)
            for tap in 0..<taps {
                let weight = Int(nearest(weights[tap] * unit * 256))
                let index = (channel / 16 * taps + tap) * 16 + channel % 16
                high.set(index, Int32(weight >> 8))
                low.set(index, Int32(weight & 255))
            }
            bias.set(channel, Int32(nearest(shift * unit)))
        }
    }

    var bytes: Int { high.bytes + low.bytes + bias.bytes }
    var tiles: Int { (channels + 15) / 16 }

    /// Computes 16 outputs: a line for each token.
    func convolve(_ pixels: LineBuffer, tile: Int, into currents: LineBuffer, line: Int, kernels: KernelSet) {
        kernels.convolvePixels(
            geometry, pixels.records(of: UInt8.self), high.line(tile * taps), low.line(tile * taps), bias.line(tile),
            min(16, channels - tile * 16), currents.line(line))
    }

    /// The same for an input that is normalised already, which has no bytes: rounded once at the end, and cut off where pixels end.
    ///
    /// - Parameter normalized: `[3, size, size]`
    func currents(normalized: [Float], token: Int, channel: Int) -> Int32 {
        let size = geometry.imageSize
        let patch = geometry.patchSize
        var sum = real.bias[channel]
        for tap in 0..<taps {
            let row = token / geometry.side * patch + tap / (patch * 3)
            let column = token % geometry.side * patch + tap / 3 % patch
            sum += real.weights[channel][tap] * Double(normalized[(tap % 3 * size + row) * size + column])
        }
        return Int32(max(min(nearest(sum * unit), bounds[channel]), -bounds[channel]))
    }
}
