import Diagnostics

/// Pillow's resize and the centre crop in one: only the pixels that the crop shows are computed, equal to the bit to those of the
/// whole. Used by one thread at a time; it keeps its memory from image to image.
///
/// Pixels have 4 bytes, R, G, B and one of no meaning, until the last step.
struct ResampledCrop: ~Copyable {
    private let preprocessing: Preprocessing
    private var horizontal = ResampleCoefficients()
    private var vertical = ResampleCoefficients()
    /// What the first pass made: the input rows that the crop needs, narrowed; or the row in work, shortened.
    private var between = ByteBuffer()
    /// The row in work after the second pass.
    private var row = ByteBuffer()

    init(_ preprocessing: Preprocessing) {
        self.preprocessing = preprocessing
    }

    /// Resizes and crops `pixels`, an image of `width` x `height`, into `output`, [imageSize, imageSize, 3].
    ///
    /// Up to 15 bytes behind the image are read, for no use.
    /// - Throws: `image.memory`, `image.shape`.
    mutating func apply(
        to pixels: UnsafeRawPointer, width: Int, height: Int, output: UnsafeMutableBufferPointer<UInt8>, name: String
    ) throws {
        precondition(output.count == preprocessing.byteCount, "the output has room for exactly one image")
        guard let outputBase = output.baseAddress else { return }
        let recipe = preprocessing.recipe
        let geometry = try CropGeometry(width: width, height: height, recipe: recipe, name: name)
        horizontal.compute(recipe.interpolation, inputSize: width, outputSize: geometry.resizedWidth, outputs: geometry.columns)
        vertical.compute(recipe.interpolation, inputSize: height, outputSize: geometry.resizedHeight, outputs: geometry.rows)
        let size = recipe.cropSize
        let shown = geometry.columns.count
        if shown < size || geometry.rows.count < size { output.update(repeating: 0) }
        let first = outputBase + (geometry.firstRow * size + geometry.firstColumn) * 3
        try row.reserve(shown * 4, for: name)
        if geometry.isVerticalFirst {
            let columns = horizontal.inputs
            try between.reserve(columns.count * 4, for: name)
            for index in 0..<geometry.rows.count {
                let source = pixels + (vertical.firsts[index] * width + columns.lowerBound) * 4
                shorten(source, stride: width * 4, row: index, byteCount: columns.count * 4, into: between.base)
                narrow(between.base, firstColumn: columns.lowerBound, into: row.base)
                pack(into: first + index * size * 3)
            }
        } else {
            let rows = vertical.inputs
            try between.reserve(rows.count * shown * 4, for: name)
            for index in rows {
                narrow(pixels + index * width * 4, firstColumn: 0, into: between.base + (index - rows.lowerBound) * shown * 4)
            }
            for index in 0..<geometry.rows.count {
                let source = between.base + (vertical.firsts[index] - rows.lowerBound) * shown * 4
                shorten(source, stride: shown * 4, row: index, byteCount: shown * 4, into: row.base)
                pack(into: first + index * size * 3)
            }
        }
        between.releaseIfLarge()
    }

    /// The horizontal pass of one row. `source` begins with the pixel of column `firstColumn`.
    private func narrow(_ source: UnsafeRawPointer, firstColumn: Int, into target: UnsafeMutableRawPointer) {
        horizontal.weights.withUnsafeBufferPointer { weights in
            for column in horizontal.firsts.indices {
                let first = source + (horizontal.firsts[column] - firstColumn) * 4
                let base = column * horizontal.stride
                var sum = SIMD4<Int32>(repeating: Self.half)
                for tap in 0..<horizontal.counts[column] {
                    let pixel = (first + tap * 4).loadUnaligned(as: SIMD4<UInt8>.self)
                    sum &+= SIMD4<Int32>(truncatingIfNeeded: pixel) &* weights[base + tap]
                }
                let value = (sum &>> ResampleCoefficients.precision).clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
                target.storeBytes(of: SIMD4<UInt8>(truncatingIfNeeded: value), toByteOffset: column * 4, as: SIMD4<UInt8>.self)
            }
        }
    }

    /// The vertical pass to the crop's row `row`, from rows that lie `stride` bytes apart, beginning with the first that has a weight.
    private func shorten(_ source: UnsafeRawPointer, stride rowStride: Int, row: Int, byteCount: Int, into target: UnsafeMutableRawPointer)
    {
        let white = SIMD16<Int32>(repeating: 255)
        vertical.weights.withUnsafeBufferPointer { weights in
            for offset in stride(from: 0, to: byteCount, by: 16) {
                var sum = SIMD16<Int32>(repeating: Self.half)
                for tap in 0..<vertical.counts[row] {
                    let values = (source + tap * rowStride + offset).loadUnaligned(as: SIMD16<UInt8>.self)
                    sum &+= SIMD16<Int32>(truncatingIfNeeded: values) &* weights[row * vertical.stride + tap]
                }
                let values = (sum &>> ResampleCoefficients.precision).clamped(lowerBound: .zero, upperBound: white)
                target.storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: values), toByteOffset: offset, as: SIMD16<UInt8>.self)
            }
        }
    }

    /// Drops the fourth byte of each pixel of the row in work.
    private func pack(into target: UnsafeMutablePointer<UInt8>) {
        let values = row.base.assumingMemoryBound(to: UInt8.self)
        for column in horizontal.firsts.indices {
            for channel in 0..<3 { target[3 * column + channel] = values[4 * column + channel] }
        }
    }

    /// One half, for rounding.
    private static var half: Int32 { 1 << (ResampleCoefficients.precision - 1) }
}
