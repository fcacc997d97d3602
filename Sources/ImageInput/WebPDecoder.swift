import CWebP
import Diagnostics

/// libwebp: of an animation the first picture.
enum WebPDecoder {
    /// Decodes `bytes` into `pixels` as 4 bytes per pixel: R, G, B and a byte of no meaning. Alpha is dropped.
    ///
    /// - Throws: `image.truncated`, `image.corrupt`, `image.pixelLimit`, `image.memory`.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, into pixels: inout ByteBuffer, pixelLimit: Int, within share: inout DecodingShare, name: String
    ) throws -> (width: Int, height: Int) {
        let data = bytes.bindMemory(to: UInt8.self).baseAddress
        var features = WebPBitstreamFeatures()
        try check(WebPGetFeatures(data, bytes.count, &features), name)
        let (width, height) = (Int(features.width), Int(features.height))
        let byteCount = try PixelCount.bytes(width: width, height: height, limit: pixelLimit, name: name)
        share.take(2 * byteCount)
        try pixels.reserve(byteCount, for: name)
        if features.has_animation != 0 {
            try decodeFirstPicture(bytes, into: pixels.base, byteCount: byteCount, name: name)
            return (width, height)
        }
        var configuration = WebPDecoderConfig()
        guard WebPInitDecoderConfig(&configuration) != 0 else { throw corrupt(name, "libwebp has another version than its headers") }
        configuration.output.colorspace = MODE_RGBA
        configuration.output.is_external_memory = 1
        configuration.output.u.RGBA.rgba = pixels.base.assumingMemoryBound(to: UInt8.self)
        configuration.output.u.RGBA.stride = CInt(width * 4)
        configuration.output.u.RGBA.size = byteCount
        defer { WebPFreeDecBuffer(&configuration.output) }
        try check(WebPDecode(data, bytes.count, &configuration), name)
        return (width, height)
    }

    /// The first picture stands on a canvas of zeros, which it need not cover.
    private static func decodeFirstPicture(
        _ bytes: UnsafeRawBufferPointer, into pixels: UnsafeMutableRawPointer, byteCount: Int, name: String
    ) throws {
        var data = WebPData(bytes: bytes.bindMemory(to: UInt8.self).baseAddress, size: bytes.count)
        guard let decoder = WebPAnimDecoderNew(&data, nil) else { throw truncated(name) }
        defer { WebPAnimDecoderDelete(decoder) }
        var information = WebPAnimInfo()
        var picture: UnsafeMutablePointer<UInt8>?
        var timestamp: CInt = 0
        guard WebPAnimDecoderGetInfo(decoder, &information) != 0,
            Int(information.canvas_width) * Int(information.canvas_height) * 4 == byteCount,
            WebPAnimDecoderGetNext(decoder, &picture, &timestamp) != 0, let picture
        else { throw corrupt(name, "its first picture is damaged") }
        pixels.copyMemory(from: picture, byteCount: byteCount)
    }

    private static func check(_ status: VP8StatusCode, _ name: String) throws {
        switch status {
        case VP8_STATUS_OK: return
        case VP8_STATUS_OUT_OF_MEMORY:
            throw Failure(.imageMemory, "There is no memory for what \(name) needs.", remedy: "Lower the pixel limit.")
        case VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: throw truncated(name)
        default: throw corrupt(name, "libwebp gives status \(status.rawValue)")
        }
    }

    private static func truncated(_ name: String) -> Failure {
        Failure(.imageTruncated, "\(name) is a truncated WebP: it ends before its image does.", remedy: remedy)
    }

    private static func corrupt(_ name: String, _ text: String) -> Failure {
        Failure(.imageCorrupt, "\(name) is a WebP that cannot be decoded: \(text).", remedy: remedy)
    }

    private static let remedy = "Fetch or convert the file again."
}
