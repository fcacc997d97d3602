import CPNG
import Diagnostics

/// libpng, giving the samples as they are in the file: no gamma, no blending with a background.
enum PNGDecoder {
    /// Decodes `bytes` into `pixels` as 4 bytes per pixel: R, G, B and a byte of no meaning.
    ///
    /// Alpha is dropped and palettes are looked up. 16-bit samples keep their high byte, but gray ones without alpha are clipped to 255:
    /// that is what Pillow's `convert("RGB")` makes of them.
    /// - Throws: `image.truncated`, `image.corrupt`, `image.pixelLimit`, `image.memory`.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, into pixels: inout ByteBuffer, pixelLimit: Int, within share: inout DecodingShare, name: String
    ) throws -> (width: Int, height: Int) {
        let header = try readHeader(bytes, name: name)
        let byteCount = try PixelCount.bytes(width: header.width, height: header.height, limit: pixelLimit, name: name)
        share.take(byteCount)
        try pixels.reserve(byteCount, for: name)
        let target = pixels.base.assumingMemoryBound(to: UInt8.self)
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 160) { message in
            message.initialize(repeating: 0)
            let status = cpng_decode(
                bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, UInt32(header.width), UInt32(header.height), target,
                message.baseAddress, message.count)
            if status == 0 { return }
            if status == CInt(CPNG_TRUNCATED) { throw truncated(name) }
            throw corrupt(name, message.baseAddress.map { String(cString: $0) } ?? "")
        }
        if header.isGray16 {
            clipGray16(pixels.base, width: header.width, height: header.height)
        }
        return (header.width, header.height)
    }

    /// Reads the IHDR chunk, which must come first (PNG specification, 5.6 and 11.2.1).
    private static func readHeader(
        _ bytes: UnsafeRawBufferPointer, name: String
    ) throws -> (width: Int, height: Int, isGray16: Bool) {
        guard bytes.count >= 33 else {
            throw truncated(name)
        }
        func number(at offset: Int) -> Int {
            Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        let width = number(at: 16)
        let height = number(at: 20)
        let limit = Int(Int32.max)
        guard number(at: 8) == 13, number(at: 12) == 0x4948_4452, (1...limit).contains(width), (1...limit).contains(height) else {
            throw corrupt(name, "it has no valid header")
        }
        return (width, height, bytes[24] == 16 && bytes[25] == 0)
    }

    /// Spreads big-endian 16-bit gray samples, `width` at the start of each row, over the row's pixels, from its end so that none is overwritten.
    private static func clipGray16(_ pixels: UnsafeMutableRawPointer, width: Int, height: Int) {
        for row in 0..<height {
            let values = UnsafeMutableRawBufferPointer(start: pixels + row * width * 4, count: width * 4)
            for column in (0..<width).reversed() {
                let gray = values[2 * column] == 0 ? values[2 * column + 1] : 255
                for channel in 0..<4 { values[4 * column + channel] = gray }
            }
        }
    }

    private static let remedy = "Fetch or convert the file again."

    private static func truncated(_ name: String) -> Failure {
        Failure(.imageTruncated, "\(name) is a truncated PNG: it ends before its image does.", remedy: remedy)
    }

    private static func corrupt(_ name: String, _ text: String) -> Failure {
        Failure(.imageCorrupt, "\(name) is a PNG that cannot be decoded: \(text).", remedy: remedy)
    }
}
