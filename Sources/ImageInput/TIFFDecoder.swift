import CTIFF
import Diagnostics

/// libtiff: the first page, in strips or tiles, uncompressed or losslessly compressed, turned as its orientation says.
enum TIFFDecoder {
    /// Decodes `bytes` into `pixels` as 4 bytes per pixel: R, G, B and a byte of no meaning. Alpha is dropped and palettes are looked up.
    ///
    /// - Throws: `image.truncated`, `image.corrupt`, `image.format`, `image.pixelLimit`, `image.memory`.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, into pixels: inout ByteBuffer, pixelLimit: Int, within share: inout DecodingShare, name: String
    ) throws -> (width: Int, height: Int) {
        // libtiff remembers the source's address.
        let source = UnsafeMutablePointer<ctiff_source>.allocate(capacity: 1)
        source.initialize(to: ctiff_source())
        defer { source.deallocate() }
        source.pointee.bytes = bytes.bindMemory(to: UInt8.self).baseAddress
        source.pointee.count = bytes.count
        guard let tiff = ctiff_open(source, largestAllocation) else { throw damaged(source, bytes.count, name) }
        defer { TIFFClose(tiff) }
        let layout = try TIFFLayout(tiff, name: name)
        let byteCount = try PixelCount.bytes(width: layout.width, height: layout.height, limit: pixelLimit, name: name)
        share.take(3 * byteCount)
        try pixels.reserve(byteCount, for: name)
        let target = pixels.base.assumingMemoryBound(to: UInt8.self)
        var block = ByteBuffer()
        let blockBytes = try layout.blockBytes(tiff, name: name)
        try block.reserve(blockBytes, for: name)
        for plane in 0..<layout.planes {
            for top in stride(from: 0, to: layout.height, by: layout.blockHeight) {
                for left in stride(from: 0, to: layout.width, by: layout.blockWidth) {
                    let count = try layout.read(tiff, left: left, top: top, plane: plane, into: block.base, capacity: blockBytes)
                    guard count else { throw damaged(source, bytes.count, name) }
                    layout.convert(block.base.assumingMemoryBound(to: UInt8.self), left: left, top: top, plane: plane, to: target)
                }
            }
        }
        layout.finish(target)
        return try TIFFOrientation.turn(
            target, width: layout.width, height: layout.height, orientation: layout.orientation, name: name)
    }

    /// Beyond what any honest strip, tile or table of an image within the pixel limits has.
    private static let largestAllocation = 1 << 31

    private static func damaged(_ source: UnsafePointer<ctiff_source>, _ count: Int, _ name: String) -> Failure {
        let text = withUnsafeBytes(of: source.pointee.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        guard source.pointee.position < count else {
            return Failure(
                .imageTruncated, "\(name) is a truncated TIFF: it ends before its image does.", remedy: "Fetch or convert the file again.")
        }
        return Failure(
            .imageCorrupt, "\(name) is a TIFF that cannot be decoded: \(text.isEmpty ? "it is damaged" : text).",
            remedy: "Fetch or convert the file again.")
    }
}
