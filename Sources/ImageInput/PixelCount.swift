import Diagnostics

enum PixelCount {
    /// Bytes of an image in memory, 4 a pixel.
    /// - Throws: `image.pixelLimit` where it declares more than `limit` pixels.
    static func bytes(width: Int, height: Int, limit: Int, name: String) throws -> Int {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        let (bytes, bytesOverflow) = pixels.multipliedReportingOverflow(by: 4)
        guard !overflow, !bytesOverflow, pixels <= limit else {
            throw Failure(
                .imagePixelLimit, "\(name) declares \(width) x \(height) pixels, more than the limit of \(limit).",
                remedy: "Make the image smaller, or raise the pixel limit.")
        }
        return bytes
    }
}
