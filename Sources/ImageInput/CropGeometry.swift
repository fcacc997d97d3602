/// Where the wanted square lies in the resized image.
struct CropGeometry: Equatable {
    /// Size of the whole resized image, of which only the crop is computed.
    var resizedWidth: Int
    var resizedHeight: Int
    /// The crop's columns and rows in the resized image.
    var columns: Range<Int>
    var rows: Range<Int>

    /// Whether the vertical pass comes first. Pillow rounds to bytes between the passes, so their order shows in the pixels.
    ///
    /// Pillow 13 begins with the axis that shrinks the image sooner, counting a row twice a column; Pillow 12 and before always began with the
    /// horizontal pass. Found by comparing both orders to Pillow 13.0.0 on random sizes.
    var isVerticalFirst: Bool

    /// As torchvision's `Resize(resizeSize)` and `CenterCrop(imageSize)` place it: the longer side is truncated, the corner rounded half to even.
    init(width: Int, height: Int, preprocessing: Preprocessing) {
        let short = min(width, height)
        let long = max(width, height)
        let target = preprocessing.resizeSize
        let resizedLong = Int(Double(target * long) / Double(short))
        resizedWidth = width <= height ? target : resizedLong
        resizedHeight = width <= height ? resizedLong : target
        isVerticalFirst = resizedHeight < height && height - resizedHeight > 2 * (width - resizedWidth)
        columns = Self.center(preprocessing.imageSize, in: resizedWidth)
        rows = Self.center(preprocessing.imageSize, in: resizedHeight)
    }

    private static func center(_ size: Int, in length: Int) -> Range<Int> {
        precondition(size <= length, "resizing gives at least the size of the crop")
        let first = Int((Double(length - size) / 2).rounded(.toNearestOrEven))
        return first..<first + size
    }
}
