import CTurboJPEG
import Diagnostics

/// libjpeg-turbo behind its TurboJPEG interface: the accurate integer DCT and fancy upsampling, as Pillow decodes.
///
/// One decoder decodes one image: libjpeg keeps the tables of the last image, even of one that failed, and would decode the next with them.
struct JPEGDecoder: ~Copyable {
    private let handle: tjhandle

    /// - Throws: `image.memory`.
    init() throws {
        guard let handle = tjInitDecompress() else {
            throw Failure(.imageMemory, "libjpeg-turbo could not be started: \(String(cString: tjGetErrorStr2(nil))).")
        }
        self.handle = handle
    }

    deinit {
        tjDestroy(handle)
    }

    /// Decodes `bytes` into `pixels` as 4 bytes per pixel: R, G, B and a byte of no meaning.
    ///
    /// What Pillow forgives is forgiven, and returned as the decoder's warning; a file that ends too early is not.
    /// - Throws: `image.truncated`, `image.corrupt`, `image.format`, `image.pixelLimit`, `image.memory`.
    func decode(
        _ bytes: UnsafeRawBufferPointer, into pixels: inout ByteBuffer, pixelLimit: Int, within share: inout DecodingShare, name: String
    ) throws -> (width: Int, height: Int, warning: String?) {
        let header = try readHeader(bytes, name: name)
        let byteCount = try PixelCount.bytes(width: header.width, height: header.height, limit: pixelLimit, name: name)
        guard JPEGStructure.isClosed(bytes) else { throw Self.truncated(name) }
        let scans = JPEGScans(bytes)
        guard scans.isComplete else {
            throw Failure(
                .imageTruncated, "\(name) is a progressive JPEG of which scans are missing: decoders do not agree on its pixels.",
                remedy: Self.remedy)
        }
        // Each scan of a progressive image goes through all of its coefficients.
        guard scans.count <= Self.scanLimit, scans.count * header.width * header.height <= Self.workLimit else {
            throw Failure(
                .imagePixelLimit,
                "\(name) has \(scans.count) scans of \(header.width) x \(header.height) pixels, more than an honest image needs.",
                remedy: "Convert the file again.")
        }
        // Progressive images keep 2 bytes of up to four components' coefficients a pixel beside the pixels.
        share.take(scans.isProgressive || scans.count > 1 ? 3 * byteCount : byteCount)
        try pixels.reserve(byteCount, for: name)
        let isInk = header.colorspace == TJCS_CMYK || header.colorspace == TJCS_YCCK
        let warning = try decompress(bytes, width: header.width, to: pixels.base, format: isInk ? TJPF_CMYK : TJPF_RGBX, name: name)
        if isInk {
            InvertedInk.convertToRGB(pixels.base, pixelCount: header.width * header.height)
        }
        return (header.width, header.height, warning)
    }

    /// The decompression alone: what a benchmark compares the rest to. `pixels` has room for the whole image.
    func decompress(
        _ bytes: UnsafeRawBufferPointer, width: Int, to pixels: UnsafeMutableRawPointer, format: TJPF, name: String
    ) throws -> String? {
        guard let complaint = run(bytes, width: width, to: pixels, format: format, flags: 0) else { return nil }
        // TurboJPEG calls an error a warning when any warning came before it. It keeps the text of the first warning and of an error that ends
        // the work, so the image is whole if stopping at the first warning gives the same text.
        guard tjGetErrorCode(handle) == CInt(TJERR_WARNING.rawValue),
            run(bytes, width: width, to: pixels, format: format, flags: TJFLAG_STOPONWARNING) == complaint
        else { throw Self.corrupt(name, complaint) }
        return complaint
    }

    /// Returns what libjpeg-turbo complained about, nil where the image decoded without a word.
    private func run(
        _ bytes: UnsafeRawBufferPointer, width: Int, to pixels: UnsafeMutableRawPointer, format: TJPF, flags: CInt
    ) -> String? {
        // At most 500 scans, so that a small progressive file cannot keep the decoder busy for hours.
        let status = tjDecompress2(
            handle, bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count), pixels.assumingMemoryBound(to: UInt8.self), 0,
            CInt(width * 4), 0, CInt(format.rawValue), flags | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT)
        return status == 0 ? nil : String(cString: tjGetErrorStr2(handle))
    }

    private func readHeader(_ bytes: UnsafeRawBufferPointer, name: String) throws -> (width: Int, height: Int, colorspace: TJCS) {
        var width: CInt = 0
        var height: CInt = 0
        var subsampling: CInt = 0
        var colorspace: CInt = -1
        let status = tjDecompressHeader3(
            handle, bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count), &width, &height, &subsampling, &colorspace)
        // The call also fails on subsamplings it has no name for, which decode well: then all the rest has been filled in.
        guard width > 0, height > 0, status == 0 || colorspace >= 0 else {
            if width > 0, height > 0 {
                throw Failure(.imageFormat, "\(name) is a JPEG of a number of colour components that is not decoded.", remedy: Self.remedy)
            }
            guard JPEGStructure.isClosed(bytes) else { throw Self.truncated(name) }
            throw Self.corrupt(name, status == 0 ? "it contains no image" : String(cString: tjGetErrorStr2(handle)))
        }
        return (Int(width), Int(height), TJCS(rawValue: UInt32(colorspace)))
    }

    /// Encoders write about ten scans of a progressive image.
    private static let scanLimit = 100
    /// Pixels times scans.
    private static let workLimit = 1 << 30

    private static let remedy = "Fetch or convert the file again."

    private static func truncated(_ name: String) -> Failure {
        Failure(.imageTruncated, "\(name) is a truncated JPEG: it ends before its end-of-image marker.", remedy: remedy)
    }

    private static func corrupt(_ name: String, _ text: String) -> Failure {
        Failure(.imageCorrupt, "\(name) is a JPEG that cannot be decoded: \(text).", remedy: remedy)
    }
}
