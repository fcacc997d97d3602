import Diagnostics

/// How an image becomes the network's input: shorter side resized to ``resizeSize`` (Pillow's bicubic), then the centre crop.
///
/// Equal to torchvision's `Resize(resizeSize, BICUBIC)` and `CenterCrop(imageSize)` on Pillow images, to the bit.
package struct Preprocessing: Hashable, Sendable {
    /// Pillow's own limit on decoded pixels, above which it refuses an image as a decompression bomb.
    package static let defaultPixelLimit = 178_956_970

    /// Side of the square that the network sees, in pixels.
    package let imageSize: Int
    /// Length of the shorter side after resizing, in pixels: `int(256 / 224 * imageSize)`.
    package let resizeSize: Int
    /// The most pixels (width * height) an image may declare.
    package let pixelLimit: Int

    /// - Throws: `preprocess.imageSize` for a size outside 1...8192, `preprocess.pixelLimit` for a limit below 1.
    package init(imageSize: Int, pixelLimit: Int = Self.defaultPixelLimit) throws {
        guard (1...8192).contains(imageSize) else {
            throw Failure(
                .imageSizeUnusable, "An image size of \(imageSize) pixels cannot be used.", remedy: "Choose a size from 1 to 8192.")
        }
        guard pixelLimit > 0 else {
            throw Failure(.pixelLimitUnusable, "A limit of \(pixelLimit) pixels lets no image pass.", remedy: "Choose 1 or more.")
        }
        self.imageSize = imageSize
        self.resizeSize = Int(256.0 / 224.0 * Double(imageSize))
        self.pixelLimit = pixelLimit
    }

    /// What the pixels depend on, as a run records it: `pillow13-bicubic-256-crop-224`. Pillow 13 is named because 12 and before give other
    /// pixels where an image is more than twice as high as wide (see ``CropGeometry``).
    package var identifier: String { "pillow13-bicubic-\(resizeSize)-crop-\(imageSize)" }

    /// Bytes of one preprocessed image, [imageSize, imageSize, 3].
    package var byteCount: Int { imageSize * imageSize * 3 }
}
