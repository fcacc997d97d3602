internal import ImageInput

/// Pixels of a picture.
struct Raster {
    let width: Int
    let height: Int
    private(set) var pixels: [UInt8]

    /// - Parameter color: of every pixel.
    init(width: Int, height: Int, color: (UInt8, UInt8, UInt8)) {
        self.width = width
        self.height = height
        pixels = []
        pixels.reserveCapacity(width * height * 3)
        for _ in 0..<width * height { pixels += [color.0, color.1, color.2] }
    }

    subscript(row: Int, column: Int) -> (UInt8, UInt8, UInt8) {
        get {
            let place = (row * width + column) * 3
            return (pixels[place], pixels[place + 1], pixels[place + 2])
        }
        set {
            let place = (row * width + column) * 3
            (pixels[place], pixels[place + 1], pixels[place + 2]) = newValue
        }
    }

    /// As an element of a page, each pixel a square of `scale` points.
    /// - Parameter alternative: what stands for the picture where it is not seen.
    func markup(scale: Double, alternative: String) throws -> Markup {
        let file = try PNGEncoder.encode(pixels, width: width, height: height)
        return .empty(
            "img",
            [
                "class": "pixels", "width": Drawing.number(Double(width) * scale), "height": Drawing.number(Double(height) * scale),
                "alt": alternative, "title": alternative, "src": PictureSource.dataURI(file),
            ])
    }
}
