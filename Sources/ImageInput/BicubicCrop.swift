import Diagnostics

/// Pillow's bicubic resize and the centre crop in one: only the pixels that the crop shows are computed, equal to the bit to those of the
/// whole. Used by one thread at a time; it keeps its memory from image to image.
struct BicubicCrop: ~Copyable {
    private let preprocessing: Preprocessing
    private var horizontal = ResampleCoefficients()
    private var vertical = ResampleCoefficients()
    /// The input rows that the crop needs, resized horizontally: 4 bytes a pixel, `rowStride` bytes a row.
    private var narrowed = ByteBuffer()
    private let rowStride: Int

    init(_ preprocessing: Preprocessing) {
        self.preprocessing = preprocessing
        rowStride = (preprocessing.imageSize * 4 + 15) & ~15
    }

    /// Resizes and crops `pixels` (4 bytes each: R, G, B and one of no meaning) of an image of `width` x `height` into `output`, [S, S, 3].
    /// - Throws: `image.memory`.
    mutating func apply(
        to pixels: UnsafeRawPointer, width: Int, height: Int, output: UnsafeMutableBufferPointer<UInt8>, name: String
    ) throws {
        precondition(output.count == preprocessing.byteCount)
        let geometry = CropGeometry(width: width, height: height, preprocessing: preprocessing)
        horizontal.compute(inputSize: width, outputSize: geometry.resizedWidth, outputs: geometry.columns)
        vertical.compute(inputSize: height, outputSize: geometry.resizedHeight, outputs: geometry.rows)
        let rows = vertical.inputs
        try narrowed.reserve(rows.count * rowStride, for: name)
        for row in rows {
            narrow(pixels + row * width * 4, into: narrowed.base + (row - rows.lowerBound) * rowStride)
        }
        guard let outputBase = output.baseAddress else { return }
        for row in 0..<preprocessing.imageSize {
            shorten(row, firstInput: rows.lowerBound, into: UnsafeMutableRawPointer(outputBase) + row * preprocessing.imageSize * 3)
        }
        narrowed.releaseIfLarge()
    }

    /// One row of the horizontal pass.
    private func narrow(_ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer) {
        horizontal.weights.withUnsafeBufferPointer { weights in
            for column in 0..<preprocessing.imageSize {
                let first = source + horizontal.firsts[column] * 4
                let base = column * horizontal.stride
                var sum = SIMD4<Int32>(repeating: Self.half)
                for tap in 0..<horizontal.counts[column] {
                    let pixel = (first + tap * 4).loadUnaligned(as: SIMD4<UInt8>.self)
                    sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel) &* weights[base + tap]
                }
                target.storeBytes(of: Self.clipped(sum), toByteOffset: column * 4, as: SIMD4<UInt8>.self)
            }
        }
    }

    /// One row of the vertical pass, which also drops the fourth byte of each pixel.
    private func shorten(_ row: Int, firstInput: Int, into target: UnsafeMutableRawPointer) {
        let size = preprocessing.imageSize
        let source = UnsafeRawPointer(narrowed.base) + (vertical.firsts[row] - firstInput) * rowStride
        vertical.weights.withUnsafeBufferPointer { weights in
            for offset in stride(from: 0, to: rowStride, by: 16) {
                var sum = SIMD16<Int32>(repeating: Self.half)
                for tap in 0..<vertical.counts[row] {
                    let pixels = source.loadUnaligned(fromByteOffset: tap * rowStride + offset, as: SIMD16<UInt8>.self)
                    sum &+= SIMD16<Int32>(truncatingIfNeeded: pixels) &* weights[row * vertical.stride + tap]
                }
                let values = SIMD16<UInt8>(truncatingIfNeeded: (sum &>> ResampleCoefficients.precision).clamped(lowerBound: .zero, upperBound: Self.white16))
                for pixel in 0..<min(4, size - offset / 4) {
                    let place = (offset / 4 + pixel) * 3
                    for channel in 0..<3 {
                        target.storeBytes(of: values[pixel * 4 + channel], toByteOffset: place + channel, as: UInt8.self)
                    }
                }
            }
        }
    }

    /// One half, for rounding.
    private static var half: Int32 { 1 << (ResampleCoefficients.precision - 1) }
    private static var white16: SIMD16<Int32> { SIMD16(repeating: 255) }

    private static func clipped(_ sum: SIMD4<Int32>) -> SIMD4<UInt8> {
        SIMD4(truncatingIfNeeded: (sum &>> ResampleCoefficients.precision).clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)))
    }
}
