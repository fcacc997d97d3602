/// Images for an audit without a data set: smooth colour gradients with a square, the same on every machine.
package enum GeneratedImages {
    /// - Returns: RGB bytes, `[size, size, 3]` each.
    package static func make(count: Int, size: Int) -> [[UInt8]] {
        (0..<count).map { pixels(size: size, index: $0) }
    }

    private static func pixels(size: Int, index: Int) -> [UInt8] {
        let slope = index % 7 + 1
        let corner = index * 37 % max(size / 2, 1)
        let square = corner..<corner + max(size / 3, 1)
        return (0..<size * size * 3).map { byte in
            let (row, column, color) = (byte / 3 / size, byte / 3 % size, byte % 3)
            let gradient = (row * slope + column * (color + 1) * (9 - slope)) * 255 / (size * 12) % 256
            return UInt8(square.contains(row) && square.contains(column) ? 255 - gradient : gradient)
        }
    }
}
