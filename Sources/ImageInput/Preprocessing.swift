package import Diagnostics
internal import Networks

/// A recipe, and what images it is tried on.
package struct Preprocessing: Hashable, Sendable {
    /// Pillow's own limit on decoded pixels, above which it refuses an image as a decompression bomb.
    package static let defaultPixelLimit = 178_956_970

    package let recipe: PreprocessingRecipe
    /// The most pixels (width * height) an image may declare.
    package let pixelLimit: Int

    /// - Throws: `preprocess.pixelLimit` for a limit below 1.
    package init(_ recipe: PreprocessingRecipe, pixelLimit: Int = Self.defaultPixelLimit) throws(Failure) {
        guard pixelLimit > 0 else {
            throw Failure(.pixelLimitUnusable, "A limit of \(pixelLimit) pixels lets no image pass.", remedy: "Choose 1 or more.")
        }
        self.recipe = recipe
        self.pixelLimit = pixelLimit
    }

    /// The standard recipe: bicubic, 256 pixels for a crop of 224, ImageNet's constants.
    ///
    /// - Throws: `preprocess.imageSize` for a size outside 1...8192, `preprocess.pixelLimit` for a limit below 1.
    package init(imageSize: Int, pixelLimit: Int = Self.defaultPixelLimit) throws(Failure) {
        try self.init(PreprocessingRecipe(cropSize: imageSize), pixelLimit: pixelLimit)
    }

    /// Side of the square that the network sees, in pixels.
    package var imageSize: Int { recipe.cropSize }

    /// Bytes of one preprocessed image, [imageSize, imageSize, 3].
    package var byteCount: Int { imageSize * imageSize * 3 }
}
