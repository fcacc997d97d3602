import Diagnostics

/// The eight orientations of TIFF and Exif.
enum TIFFOrientation {
    /// Turns the pixels, 4 bytes each, so that they stand upright; gives the new size.
    ///
    /// - Throws: `image.memory`.
    static func turn(
        _ pixels: UnsafeMutablePointer<UInt8>, width: Int, height: Int, orientation: Int, name: String
    ) throws -> (width: Int, height: Int) {
        guard (2...8).contains(orientation) else { return (width, height) }
        var memory = ByteBuffer()
        try memory.reserve(4 * width * height, for: name)
        let copy = memory.base.assumingMemoryBound(to: UInt8.self)
        copy.update(from: pixels, count: 4 * width * height)
        let isTransposed = orientation >= 5
        let (newWidth, newHeight) = isTransposed ? (height, width) : (width, height)
        for row in 0..<newHeight {
            for column in 0..<newWidth {
                let (x, y) =
                    switch orientation {
                    case 2: (width - 1 - column, row)
                    case 3: (width - 1 - column, height - 1 - row)
                    case 4: (column, height - 1 - row)
                    case 5: (row, column)
                    case 6: (row, height - 1 - column)
                    case 7: (width - 1 - row, height - 1 - column)
                    default: (width - 1 - row, column)
                    }
                for channel in 0..<4 { pixels[4 * (row * newWidth + column) + channel] = copy[4 * (y * width + x) + channel] }
            }
        }
        return (newWidth, newHeight)
    }
}
