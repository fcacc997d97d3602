import CTIFF
import Diagnostics

/// How a TIFF stores its samples.
struct TIFFLayout {
    let width: Int
    let height: Int
    let orientation: Int
    /// 1, or the number of samples that are read where each has a plane of its own.
    let planes: Int
    let blockWidth: Int
    let blockHeight: Int
    let samples: TIFFSamples
    let isSeparate: Bool
    let palette: [(UInt8, UInt8, UInt8)]
    /// Of YCbCr: how many columns and rows of pixels share a Cb and a Cr.
    let subsampling: (columns: Int, rows: Int)
    private let yCbCr: YCbCrColors?
    private let isTiled: Bool
    /// What Pillow takes from the file as it is, whatever libtiff thinks of its size.
    private let isVerbatim: Bool

    /// Lossless: none, LZW, deflate (both numbers), PackBits.
    private static let compressions = [
        COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE, COMPRESSION_PACKBITS,
    ]

    /// - Throws: `image.corrupt`, `image.format`.
    init(_ tiff: OpaquePointer, name: String) throws {
        func short(_ tag: Int32, _ missing: UInt32 = 0) -> Int { Int(ctiff_short(tiff, UInt32(tag), missing)) }
        func unsupported(_ what: String) -> Failure {
            Failure(.imageFormat, "\(name) is a TIFF \(what), which is not decoded.", remedy: "Convert it to PNG, which keeps its pixels.")
        }
        let limit = Int(Int32.max)
        width = Int(ctiff_long(tiff, UInt32(TIFFTAG_IMAGEWIDTH), 0))
        height = Int(ctiff_long(tiff, UInt32(TIFFTAG_IMAGELENGTH), 0))
        guard (1...limit).contains(width), (1...limit).contains(height) else {
            throw Failure(.imageCorrupt, "\(name) is a TIFF without a size.", remedy: "Fetch or convert the file again.")
        }
        let compression = short(TIFFTAG_COMPRESSION, 1)
        guard Self.compressions.contains(Int32(compression)) else {
            throw unsupported("compressed as \(Self.compressionName(compression))")
        }
        orientation = short(TIFFTAG_ORIENTATION, 1)
        let photometric = short(TIFFTAG_PHOTOMETRIC, 0)
        let bits = short(TIFFTAG_BITSPERSAMPLE, 1)
        let sampleCount = short(TIFFTAG_SAMPLESPERPIXEL, 1)
        let formats: [Int32: TIFFSamples.Format] = [
            SAMPLEFORMAT_UINT: .unsigned, SAMPLEFORMAT_INT: .signed, SAMPLEFORMAT_IEEEFP: .floating,
        ]
        isSeparate = short(TIFFTAG_PLANARCONFIG, 1) == PLANARCONFIG_SEPARATE && sampleCount > 1
        guard let format = formats[Int32(short(TIFFTAG_SAMPLEFORMAT, 1))],
            let samples = TIFFSamples(
                .init(
                    photometric: Int32(photometric), format: format, bits: bits, samples: sampleCount, extras: Self.extras(tiff),
                    isSeparate: isSeparate, isCompressed: compression != COMPRESSION_NONE, isBigEndian: TIFFIsBigEndian(tiff) != 0,
                    isReversed: short(TIFFTAG_FILLORDER, 1) != FILLORDER_MSB2LSB))
        else {
            throw unsupported(
                "of \(Self.colors(photometric)), \(sampleCount.counted("sample")) of \(bits) bits\(isSeparate ? " in planes" : "")")
        }
        self.samples = samples
        planes = isSeparate ? samples.count : 1
        isTiled = TIFFIsTiled(tiff) != 0
        let rows = Int(ctiff_long(tiff, UInt32(TIFFTAG_ROWSPERSTRIP), UInt32.max))
        blockWidth = isTiled ? Int(ctiff_long(tiff, UInt32(TIFFTAG_TILEWIDTH), 0)) : width
        blockHeight = isTiled ? Int(ctiff_long(tiff, UInt32(TIFFTAG_TILELENGTH), 0)) : max(1, min(rows, height))
        guard blockWidth > 0, blockHeight > 0 else { throw unsupported("of tiles without a size") }
        isVerbatim = samples.meaning == .yCbCr && compression == COMPRESSION_NONE
        if samples.meaning == .yCbCr {
            subsampling = try Self.subsampling(
                tiff, width: width, height: height, isVerbatim: isVerbatim, isSeparate: isSeparate, unsupported)
            yCbCr = isVerbatim ? .pillow : YCbCrColors(tiff)
            if yCbCr == nil { throw unsupported("of YCbCr with coefficients or levels that make no colours") }
        } else {
            subsampling = (1, 1)
            yCbCr = nil
        }
        palette = samples.meaning == .palette ? try Self.palette(tiff, bits: bits) ?? { throw unsupported("without its palette") }() : []
    }

    /// - Throws: `image.format` where Pillow refuses the combination or misreads it.
    private static func subsampling(
        _ tiff: OpaquePointer, width: Int, height: Int, isVerbatim: Bool, isSeparate: Bool, _ unsupported: (String) -> Failure
    ) throws -> (columns: Int, rows: Int) {
        var (across, down): (UInt16, UInt16) = (1, 1)
        let isTold = ctiff_subsampling(tiff, &across, &down) != 0
        let (columns, rows) = (Int(across), Int(down))
        if isVerbatim, !isTold { return (1, 1) }
        let isShared = columns != 1 || rows != 1
        guard !isShared || !isVerbatim && !isSeparate else {
            throw unsupported("of YCbCr, subsampled by \(columns) x \(rows)\(isVerbatim ? " without compression" : " in planes")")
        }
        guard [1, 2, 4].contains(columns), [1, 2, 4].contains(rows), rows <= columns || (columns, rows) == (1, 2), columns <= width,
            rows <= height
        else { throw unsupported("of \(width) x \(height) pixels of YCbCr, subsampled by \(columns) x \(rows)") }
        // libtiff counts the bytes of such strips by row, in whole bytes, and Pillow's last ones lack colours.
        guard rows < 4 || TIFFIsTiled(tiff) != 0 || (width + columns - 1) / columns % 2 == 0 else {
            throw unsupported("of YCbCr, subsampled by \(columns) x \(rows) in strips with an odd number of groups")
        }
        return (columns, rows)
    }

    private static func extras(_ tiff: OpaquePointer) -> [Int] {
        var kinds = [UInt16](repeating: 0, count: 4)
        let count = Int(ctiff_extra_samples(tiff, &kinds, 4))
        // More than four are of no kind that is decoded.
        return count <= 4 ? kinds.prefix(count).map(Int.init) : Array(repeating: .max, count: count)
    }

    private static func compressionName(_ compression: Int) -> String {
        switch Int32(compression) {
        case COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3, COMPRESSION_CCITTFAX4: "a fax"
        case COMPRESSION_OJPEG, COMPRESSION_JPEG: "JPEG"
        case COMPRESSION_JP2000: "JPEG 2000"
        case COMPRESSION_LZMA: "LZMA"
        case COMPRESSION_ZSTD: "Zstandard"
        case COMPRESSION_WEBP: "WebP"
        default: "number \(compression) of the TIFF compressions"
        }
    }

    /// What failures call a photometric interpretation.
    private static func colors(_ photometric: Int) -> String {
        switch Int32(photometric) {
        case PHOTOMETRIC_MINISWHITE, PHOTOMETRIC_MINISBLACK: "gray levels"
        case PHOTOMETRIC_RGB: "RGB"
        case PHOTOMETRIC_PALETTE: "palette colours"
        case PHOTOMETRIC_SEPARATED: "ink (CMYK)"
        case PHOTOMETRIC_YCBCR: "YCbCr"
        case PHOTOMETRIC_CIELAB, PHOTOMETRIC_ICCLAB, PHOTOMETRIC_ITULAB: "Lab colours"
        default: "photometric interpretation \(photometric)"
        }
    }

    /// Bytes of a strip or tile.
    ///
    /// - Throws: `image.format` where they are out of proportion to the image.
    func blockBytes(_ tiff: OpaquePointer, name: String) throws -> Int {
        let (verbatim, overflow) = blockHeight.multipliedReportingOverflow(by: rowBytes)
        let bytes =
            isVerbatim ? overflow ? .max : UInt64(verbatim) : isTiled ? TIFFTileSize64(tiff) : TIFFVStripSize64(tiff, UInt32(blockHeight))
        guard bytes > 0, bytes <= UInt64(8 * width * height) + 1 << 22 else {
            throw Failure(
                .imageFormat, "\(name) is a TIFF in pieces of \(bytes) bytes, more than its \(width) x \(height) pixels need.",
                remedy: "Convert it to PNG, which keeps its pixels.")
        }
        return Int(bytes)
    }

    /// Reads the strip or tile at a place; false where it is damaged or too short.
    func read(
        _ tiff: OpaquePointer, left: Int, top: Int, plane: Int, into memory: UnsafeMutableRawPointer, capacity: Int
    ) throws -> Bool {
        if isTiled {
            let tile = TIFFComputeTile(tiff, UInt32(left), UInt32(top), 0, UInt16(plane))
            let size = tmsize_t(capacity)
            return (isVerbatim ? TIFFReadRawTile(tiff, tile, memory, size) : TIFFReadEncodedTile(tiff, tile, memory, size)) == capacity
        }
        let strip = TIFFComputeStrip(tiff, UInt32(top), UInt16(plane))
        let rows = min(blockHeight, height - top)
        let wanted = subsampling == (1, 1) ? rows * rowBytes : (rows + subsampling.rows - 1) / subsampling.rows * groupRowBytes
        guard wanted <= capacity else { return false }
        let size = tmsize_t(wanted)
        return (isVerbatim ? TIFFReadRawStrip(tiff, strip, memory, size) : TIFFReadEncodedStrip(tiff, strip, memory, size)) == wanted
    }

    /// Bytes of a row of groups of pixels, each with its Y values row by row and then a Cb and a Cr.
    var groupRowBytes: Int { (blockWidth + subsampling.columns - 1) / subsampling.columns * (subsampling.columns * subsampling.rows + 2) }

    /// Bytes of a row of a strip or tile.
    var rowBytes: Int { (blockWidth * samples.bits * (isSeparate ? 1 : samples.count) + 7) / 8 }

    /// Turns the image's samples, four bytes a pixel, into red, green and blue.
    func finish(_ pixels: UnsafeMutablePointer<UInt8>) {
        if let yCbCr {
            yCbCr.convertToRGB(pixels, pixelCount: width * height)
        } else {
            samples.finish(pixels, pixelCount: width * height)
        }
    }

    private static func palette(_ tiff: OpaquePointer, bits: Int) throws -> [(UInt8, UInt8, UInt8)]? {
        var red: UnsafeMutablePointer<UInt16>?
        var green: UnsafeMutablePointer<UInt16>?
        var blue: UnsafeMutablePointer<UInt16>?
        guard ctiff_palette(tiff, &red, &green, &blue) != 0, let red, let green, let blue else { return nil }
        return (0..<1 << bits).map { (UInt8(red[$0] / 256), UInt8(green[$0] / 256), UInt8(blue[$0] / 256)) }
    }
}
