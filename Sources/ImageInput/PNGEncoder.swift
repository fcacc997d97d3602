import CPNG
package import Diagnostics

/// Writes PNG files in memory, through libpng.
package enum PNGEncoder {
    /// The longest side of an image.
    package static let sideLimit = 16384

    /// The file of an image of 8 bits per sample.
    /// - Parameter pixels: R, G, B of each pixel, row by row.
    /// - Throws: `image.encoding` for a size that is not the pixels', or is outside 1 to ``sideLimit``.
    package static func encode(_ pixels: [UInt8], width: Int, height: Int) throws(Failure) -> [UInt8] {
        guard (1...sideLimit).contains(width), (1...sideLimit).contains(height), pixels.count == width * height * 3 else {
            throw Failure(.imageEncoding, "\(pixels.count) bytes are no picture of \(width) x \(height) pixels.")
        }
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        defer { png_image_free(&image) }
        // More than PNG_IMAGE_PNG_SIZE_MAX, png.h's bound: an eighth and a sixty-fourth more than the rows, and the chunks' own bytes.
        let bound = (pixels.count + height) / 4 * 5 + 1024
        var size = bound
        let file = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let isWritten = png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, pixels, png_int_32(width * 3), nil)
            count = isWritten == 0 ? 0 : size
        }
        guard !file.isEmpty else {
            let message = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw Failure(.imageEncoding, "A picture of \(width) x \(height) pixels could not be written: \(message).")
        }
        return file
    }
}
