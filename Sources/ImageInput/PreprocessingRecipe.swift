package import Diagnostics
package import Networks

/// How images become a network's input: resize, centre crop, normalisation of the colours. Equal to torchvision's `Resize`, `CenterCrop`,
/// `ToTensor` and `Normalize` on Pillow images, to the bit.
package struct PreprocessingRecipe: Hashable, Sendable {
    package enum Resize: Hashable, Sendable {
        /// The shorter side gets so many pixels, and the longer one what keeps the shape.
        case shortSide(Int)
        /// Both sides get so many pixels, whatever the shape was.
        case square(Int)

        /// Of the shorter side, in pixels.
        var size: Int {
            switch self {
            case .shortSide(let size), .square(let size): size
            }
        }
    }

    /// Largest sides that are made, in pixels.
    private enum Limit {
        static let crop = 8192
        static let resize = 16384
    }

    package let interpolation: Interpolation
    package let resize: Resize
    /// Side of the square that the network sees, in pixels. Where it is larger than the resized image, black surrounds that.
    package let cropSize: Int
    package let normalization: PixelNormalization

    /// - Parameters:
    ///   - resize: nil for what a crop of `cropFraction` is cut out of.
    ///   - cropFraction: the crop's side as a fraction of the resized image's shorter one, which is truncated to whole pixels.
    ///   - cropSize: in pixels.
    /// - Throws: `preprocess.imageSize` for a crop outside 1...8192, `preprocess.recipe` for a resize outside 1...16384.
    package init(
        interpolation: Interpolation = .bicubic, resize: Resize? = nil, cropFraction: Double = 0.875, cropSize: Int,
        normalization: PixelNormalization = .imageNet
    ) throws(Failure) {
        guard (1...Limit.crop).contains(cropSize) else {
            throw Failure(
                .imageSizeUnusable, "An image size of \(cropSize) pixels cannot be used.",
                remedy: "Choose a size from 1 to \(Limit.crop).")
        }
        let short = Double(cropSize) / cropFraction
        let resize = resize ?? .shortSide(short > 0 && short <= Double(Limit.resize) ? Int(short) : 0)
        guard (1...Limit.resize).contains(resize.size) else {
            throw Failure(
                .recipeUnusable, "Images cannot be resized to what the recipe for a crop of \(cropSize) pixels asks for.",
                remedy: "Choose a resize from 1 to \(Limit.resize) pixels, or a crop fraction that gives one.")
        }
        self.interpolation = interpolation
        self.resize = resize
        self.cropSize = cropSize
        self.normalization = normalization
    }

    /// What a person asked for, and the rest as the default has it.
    package init(
        default: PreprocessingRecipe, interpolation: Interpolation? = nil, resize: Resize? = nil, cropFraction: Double? = nil,
        normalization: PixelNormalization? = nil
    ) throws(Failure) {
        let interpolation = interpolation ?? `default`.interpolation
        let normalization = normalization ?? `default`.normalization
        if let cropFraction, resize == nil {
            try self.init(
                interpolation: interpolation, cropFraction: cropFraction, cropSize: `default`.cropSize, normalization: normalization)
        } else {
            try self.init(
                interpolation: interpolation, resize: resize ?? `default`.resize, cropSize: `default`.cropSize,
                normalization: normalization)
        }
    }

    /// The same picture in other pixels: a crop of `size`, out of an image that is resized in proportion.
    package func scaled(toCropSize size: Int) throws(Failure) -> PreprocessingRecipe {
        let side = max(1, resize.size * size / cropSize)
        let scaled: Resize =
            switch resize {
            case .shortSide: .shortSide(side)
            case .square: .square(side)
            }
        return try PreprocessingRecipe(interpolation: interpolation, resize: scaled, cropSize: size, normalization: normalization)
    }
}
