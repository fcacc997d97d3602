import Diagnostics

/// Pillow's bicubic resize and the centre crop in one: only the pixels that the crop shows are computed, equal to the bit to those of the
/// whole. Used by one thread at a time; it keeps its memory from image to image.
struct BicubicCrop: ~Copyable {
    private let preprocessing: Preprocessing
    private var horizontal = ResampleCoefficients()
    private var vertical = ResampleCoefficients()
    /// What the first of the two passes gives, 4 bytes a pixel.
    private var intermediate = ByteBuffer()
    /// One row of the crop, 4 bytes a pixel.
    private var line = ByteBuffer()

    init(_ preprocessing: Preprocessing) {
        self.preprocessing = preprocessing
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
        guard let target = UnsafeMutableRawPointer(output.baseAddress) else { return }
        try line.reserve(preprocessing.imageSize * 4, for: name)
        if geometry.isVerticalPassFirst(width: width, height: height) {
            try shortenThenNarrow(pixels, rowBytes: width * 4, output: target, name: name)
        } else {
            try narrowThenShorten(pixels, rowBytes: width * 4, output: target, name: name)
        }
        intermediate.releaseIfLarge()
    }

    private mutating func narrowThenShorten(
        _ pixels: UnsafeRawPointer, rowBytes: Int, output: UnsafeMutableRawPointer, name: String
    ) throws {
        let size = preprocessing.imageSize
        let rows = vertical.inputs
        try intermediate.reserve(rows.count * size * 4, for: name)
        for row in rows {
            narrow(pixels + row * rowBytes, firstInput: 0, into: intermediate.base + (row - rows.lowerBound) * size * 4)
        }
        for row in 0..<size {
            let first = UnsafeRawPointer(intermediate.base) + (vertical.firsts[row] - rows.lowerBound) * size * 4
            shorten(row, first, rowBytes: size * 4, byteCount: size * 4, into: line.base)
            dropFourthBytes(into: output + row * size * 3)
        }
    }

    private mutating func shortenThenNarrow(
        _ pixels: UnsafeRawPointer, rowBytes: Int, output: UnsafeMutableRawPointer, name: String
    ) throws {
        let size = preprocessing.imageSize
        let columns = horizontal.inputs
        try intermediate.reserve(columns.count * 4, for: name)
        for row in 0..<size {
            let first = pixels + vertical.firsts[row] * rowBytes + columns.lowerBound * 4
            shorten(row, first, rowBytes: rowBytes, byteCount: columns.count * 4, into: intermediate.base)
            narrow(UnsafeRawPointer(intermediate.base), firstInput: columns.lowerBound, into: line.base)
            dropFourthBytes(into: output + row * size * 3)
        }
    }

    /// One row of the horizontal pass. `source` points to input `firstInput` of the row.
    private func narrow(_ source: UnsafeRawPointer, firstInput: Int, into target: UnsafeMutableRawPointer) {
        horizontal.weights.withUnsafeBufferPointer { weights in
            for column in 0..<preprocessing.imageSize {
                let first = source + (horizontal.firsts[column] - firstInput) * 4
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

    /// Row `row` of the vertical pass. `source` points to the row's first input, of rows of `rowBytes`, of which `byteCount` are wanted.
    private func shorten(
        _ row: Int, _ source: UnsafeRawPointer, rowBytes: Int, byteCount: Int, into target: UnsafeMutableRawPointer
    ) {
        let count = vertical.counts[row]
        vertical.weights.withUnsafeBufferPointer { all in
            let weights = UnsafeBufferPointer(rebasing: all[row * vertical.stride..<row * vertical.stride + count])
            var offset = 0
            while offset + 16 <= byteCount {
                var sum = SIMD16<Int32>(repeating: Self.half)
                for tap in 0..<count {
                    let pixels = source.loadUnaligned(fromByteOffset: tap * rowBytes + offset, as: SIMD16<UInt8>.self)
                    sum &+= SIMD16<Int32>(truncatingIfNeeded: pixels) &* weights[tap]
                }
                let shifted = (sum &>> ResampleCoefficients.precision).clamped(lowerBound: .zero, upperBound: SIMD16(repeating: 255))
                target.storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: shifted), toByteOffset: offset, as: SIMD16<UInt8>.self)
                offset += 16
            }
            while offset < byteCount {
                var sum = SIMD4<Int32>(repeating: Self.half)
                for tap in 0..<count {
                    let pixel = source.loadUnaligned(fromByteOffset: tap * rowBytes + offset, as: SIMD4<UInt8>.self)
                    sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel) &* weights[tap]
                }
                target.storeBytes(of: Self.clipped(sum), toByteOffset: offset, as: SIMD4<UInt8>.self)
                offset += 4
            }
        }
    }

    /// Writes ``line`` as R, G, B.
    private func dropFourthBytes(into target: UnsafeMutableRawPointer) {
        let source = UnsafeRawPointer(line.base)
        for pixel in 0..<preprocessing.imageSize {
            let values = source.loadUnaligned(fromByteOffset: pixel * 4, as: SIMD4<UInt8>.self)
            target.storeBytes(of: values.x, toByteOffset: pixel * 3, as: UInt8.self)
            target.storeBytes(of: values.y, toByteOffset: pixel * 3 + 1, as: UInt8.self)
            target.storeBytes(of: values.z, toByteOffset: pixel * 3 + 2, as: UInt8.self)
        }
    }

    /// One half, for rounding.
    private static var half: Int32 { 1 << (ResampleCoefficients.precision - 1) }

    private static func clipped(_ sum: SIMD4<Int32>) -> SIMD4<UInt8> {
        SIMD4(truncatingIfNeeded: (sum &>> ResampleCoefficients.precision).clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)))
    }
}
