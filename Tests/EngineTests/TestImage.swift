/// Drawn images: smooth colour gradients with a square, different for each seed.
enum TestImage {
    /// RGB bytes, `[size, size, 3]`.
    static func pixels(size: Int, seed: UInt64) -> [UInt8] {
        let slope = Int(seed % 7) + 1
        let corner = Int(seed * 5 % UInt64(size / 2))
        return (0..<size * size * 3).map { index in
            let (row, column, color) = (index / 3 / size, index / 3 % size, index % 3)
            let isSquare = (corner..<corner + size / 3).contains(row) && (corner..<corner + size / 3).contains(column)
            let gradient = (row * slope + column * (color + 1) * (9 - slope)) * 255 / (size * 12)
            return UInt8(clamping: isSquare ? 255 - gradient : gradient)
        }
    }
}
