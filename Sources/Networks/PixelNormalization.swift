package import Diagnostics

extension Failure.Code {
    /// Colours cannot be normalised by such constants.
    package static let unusableNormalization = Failure.Code("preprocess.normalization")
}

/// Makes float32 network input of pixels exactly as torchvision's `ToTensor` and `Normalize`: divide by 255, subtract the mean, divide by
/// the deviation.
package struct PixelNormalization: Hashable, Sendable {
    /// By colour: red, green, blue.
    package let means: [Double]
    package let deviations: [Double]

    /// The value of each byte in each colour, `[3][256]`.
    private let table: [[Float]]

    /// ImageNet's constants.
    package static let imageNet = PixelNormalization(usable: [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])

    /// - Throws: `preprocess.normalization` unless there are three of each, of ordinary size, and the deviations above 0.
    package init(means: [Double], deviations: [Double]) throws(Failure) {
        guard means.count == 3, deviations.count == 3, means.allSatisfy({ abs($0) <= 1e6 }),
            deviations.allSatisfy({ (1e-6...1e6).contains($0) })
        else {
            throw Failure(
                .unusableNormalization, "Colours cannot be normalised with means \(means) and deviations \(deviations).",
                remedy:
                    "Give three of each, of values from 0 to 1 of red, green and blue: means of at most a million, deviations above a millionth."
            )
        }
        self.init(usable: means, deviations)
    }

    private init(usable means: [Double], _ deviations: [Double]) {
        self.means = means
        self.deviations = deviations
        table = zip(means.map { Float($0) }, deviations.map { Float($0) }).map { mean, deviation in
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
