/// Makes float32 network input of pixels exactly as torchvision's `ToTensor` and `Normalize`: divide by 255, subtract the mean, divide by the
/// deviation.
package struct PixelNormalization: Sendable, Hashable {
    /// By colour.
    package let means: [Double]
    /// By colour, above 0.
    package let deviations: [Double]

    package static let imageNet = PixelNormalization(means: [0.485, 0.456, 0.406], deviations: [0.229, 0.224, 0.225])

    /// - Parameters:
    ///   - means: three finite numbers.
    ///   - deviations: three finite numbers above 0.
    package init(means: [Double], deviations: [Double]) {
        precondition(means.count == 3 && deviations.count == 3 && deviations.allSatisfy { $0 > 0 })
        self.means = means
        self.deviations = deviations
    }

    /// - Parameters:
    ///   - pixels: RGB bytes, `[positions, 3]`.
    ///   - planes: `[3, positions]`, overwritten.
    package func normalize(_ pixels: [UInt8], into planes: inout [Float]) {
        precondition(pixels.count == planes.count && pixels.count.isMultiple(of: 3))
        let positions = pixels.count / 3
        for color in 0..<3 {
            let (mean, deviation) = (Float(means[color]), Float(deviations[color]))
            let values = (0...255).map { (Float($0) / 255 - mean) / deviation }
            for position in 0..<positions {
                planes[color * positions + position] = values[Int(pixels[position * 3 + color])]
            }
        }
    }
}
