/// Makes float32 network input of pixels exactly as torchvision's `ToTensor` and `Normalize` with ImageNet's constants: divide by 255, subtract the mean, divide by the deviation.
package struct PixelNormalization: Sendable {
    /// ImageNet's constants, by colour.
    static let means = [0.485, 0.456, 0.406]
    static let deviations = [0.229, 0.224, 0.225]

    /// The value of each byte in each colour, `[3][256]`.
    private let table: [[Float]]

    package init() {
        table = zip(Self.means.map { Float($0) }, Self.deviations.map { Float($0) }).map { mean, deviation in
            (0...255).map { (Float($0) / 255 - mean) / deviation }
        }
    }

    /// - Parameters:
    ///   - pixels: RGB bytes, `[positions, 3]`.
    ///   - planes: `[3, positions]`, overwritten.
    package func normalize(_ pixels: [UInt8], into planes: inout [Float]) {
        precondition(pixels.count == planes.count && pixels.count.isMultiple(of: 3))
        let positions = pixels.count / 3
        for color in 0..<3 {
            for position in 0..<positions {
                planes[color * positions + position] = table[color][Int(pixels[position * 3 + color])]
            }
        }
    }
}
