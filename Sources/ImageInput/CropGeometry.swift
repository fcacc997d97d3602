import Diagnostics

/// Where the wanted square lies in the resized image.
struct CropGeometry: Equatable {
    /// Size of the whole resized image, of which only the crop is computed.
    var resizedWidth: Int
    var resizedHeight: Int
    /// The columns and rows of the resized image that the crop shows.
    var columns: Range<Int>
    var rows: Range<Int>
    /// Where in the crop they begin: before and behind them is black where the crop is larger than the resized image.
    var firstColumn: Int
    var firstRow: Int

    /// Whether the vertical pass comes first. Pillow rounds to bytes between the passes, so their order shows in the pixels.
    ///
    /// Pillow 13 begins with the axis that shrinks the image sooner, counting a row twice a column; Pillow 12 and before always began with the
    /// horizontal pass. Found by comparing both orders to Pillow 13.0.0 on random sizes.
    var isVerticalFirst: Bool

    /// Longest side of an image that Pillow makes.
    private static let longestSide = 1 << 29

    /// As torchvision's `Resize` and `CenterCrop` place it: the longer side is truncated, the corner rounded half to even.
    ///
    /// - Throws: `image.shape` for an image so narrow that the resized one would be longer than Pillow makes any.
    init(width: Int, height: Int, recipe: PreprocessingRecipe, name: String) throws(Failure) {
        switch recipe.resize {
        case .square(let side):
            resizedWidth = side
            resizedHeight = side
        case .shortSide(let side):
            let long = Double(side * max(width, height)) / Double(min(width, height))
            guard long < Double(Self.longestSide) else {
                throw Failure(
                    .imageShape, "\(name) has \(width) x \(height) pixels and would have \(long) on its longer side after resizing.",
                    remedy: "Crop it, or resize both sides.")
            }
            resizedWidth = width <= height ? side : Int(long)
            resizedHeight = width <= height ? Int(long) : side
        }
        isVerticalFirst = resizedHeight < height && height - resizedHeight > 2 * (width - resizedWidth)
        (columns, firstColumn) = Self.center(recipe.cropSize, in: resizedWidth)
        (rows, firstRow) = Self.center(recipe.cropSize, in: resizedHeight)
    }

    private static func center(_ size: Int, in length: Int) -> (shown: Range<Int>, offset: Int) {
        guard size <= length else { return (0..<length, (size - length) / 2) }
        let first = Int((Double(length - size) / 2).rounded(.toNearestOrEven))
        return (first..<first + size, 0)
    }
}
