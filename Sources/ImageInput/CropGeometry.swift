/// Where the wanted square lies in the resized image.
struct CropGeometry: Equatable {
    /// Size of the whole resized image, of which only the crop is computed.
    var resizedWidth: Int
    var resizedHeight: Int
    /// The crop's columns and rows in the resized image.
    var columns: Range<Int>
    var rows: Range<Int>

    /// As torchvision's `Resize(resizeSize)` and `CenterCrop(imageSize)` place it: the longer side is truncated, the corner rounded half to even.
    init(width: Int, height: Int, preprocessing: Preprocessing) {
        let short = min(width, height)
        let long = max(width, height)
        let target = preprocessing.resizeSize
        let resizedLong = Int(Double(target * long) / Double(short))
        resizedWidth = width <= height ? target : resizedLong
        resizedHeight = width <= height ? resizedLong : target
        columns = Self.center(preprocessing.imageSize, in: resizedWidth)
        rows = Self.center(preprocessing.imageSize, in: resizedHeight)
    }

    /// Which pass Pillow makes first decides the last bit, since the first one is rounded to bytes: the vertical one where the height shrinks
    /// by more than twice as many pixels as the width (Pillow 13's `Resample.c`; found by comparing both orders on thousands of sizes).
    func isVerticalPassFirst(width: Int, height: Int) -> Bool {
        height > resizedHeight && height - resizedHeight > 2 * (width - resizedWidth)
    }

    private static func center(_ size: Int, in length: Int) -> Range<Int> {
        precondition(size <= length, "resizing gives at least the size of the crop")
        let first = Int((Double(length - size) / 2).rounded(.toNearestOrEven))
        return first..<first + size
    }
}
