import CTIFF
import Diagnostics

/// How a TIFF stores its samples, as far as they are decoded: what Pillow makes of the rest is not known to be the same.
struct TIFFLayout {
    private enum Meaning {
        case white0, black0, color, palette, ink
    }

    let width: Int
    let height: Int
    let orientation: Int
    /// 1, or the number of samples where each has a plane of its own.
    let planes: Int
    let blockWidth: Int
    let blockHeight: Int
    private let isTiled: Bool
    private let bits: Int
    private let samples: Int
    private let meaning: Meaning
    private let palette: [(UInt8, UInt8, UInt8)]

    /// Lossless: none, LZW, deflate (both numbers), PackBits.
    private static let compressions = [
        COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE, COMPRESSION_PACKBITS,
    ]

    var isInk: Bool { meaning == .ink }

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
        guard Self.compressions.contains(Int32(compression)) else { throw unsupported("of compression \(compression)") }
        bits = short(TIFFTAG_BITSPERSAMPLE, 1)
        samples = short(TIFFTAG_SAMPLESPERPIXEL, 1)
        orientation = short(TIFFTAG_ORIENTATION, 1)
        guard short(TIFFTAG_SAMPLEFORMAT, 1) == SAMPLEFORMAT_UINT, short(TIFFTAG_FILLORDER, 1) == FILLORDER_MSB2LSB else {
            throw unsupported("of signed or floating-point samples, or of bits in reverse")
        }
        var firstExtra: UInt32 = 0
        let extras = Int(ctiff_extra_samples(tiff, &firstExtra))
        let photometric = short(TIFFTAG_PHOTOMETRIC, 0)
        let isSeparate = short(TIFFTAG_PLANARCONFIG, 1) == PLANARCONFIG_SEPARATE
        let isPremultiplied = extras > 0 && firstExtra == EXTRASAMPLE_ASSOCALPHA
        let isKnown: Bool
        switch Int32(photometric) {
        case PHOTOMETRIC_MINISWHITE, PHOTOMETRIC_MINISBLACK:
            meaning = Int32(photometric) == PHOTOMETRIC_MINISWHITE ? .white0 : .black0
            let hasAlpha = samples == 2 && extras == 1 && firstExtra == EXTRASAMPLE_UNASSALPHA
            isKnown =
                samples == 1 && [1, 2, 4, 8].contains(bits)
                || meaning == .black0 && (samples == 1 && bits == 16 || hasAlpha && bits == 8 && !isSeparate)
        case PHOTOMETRIC_RGB:
            meaning = .color
            isKnown =
                (samples == 3 && extras == 0 || samples == 4 && extras <= 1) && !isPremultiplied && (bits == 8 || bits == 16 && !isSeparate)
        case PHOTOMETRIC_PALETTE:
            meaning = .palette
            isKnown = samples == 1 && [1, 2, 4, 8].contains(bits)
        case PHOTOMETRIC_SEPARATED:
            meaning = .ink
            isKnown = samples == 4 && bits == 8 && extras == 0 && !isSeparate
        default:
            meaning = .color
            isKnown = false
        }
        guard isKnown else { throw unsupported("of \(samples) samples of \(bits) bits, photometric \(photometric)") }
        planes = isSeparate ? samples : 1
        isTiled = TIFFIsTiled(tiff) != 0
        let rows = Int(ctiff_long(tiff, UInt32(TIFFTAG_ROWSPERSTRIP), UInt32.max))
        blockWidth = isTiled ? Int(ctiff_long(tiff, UInt32(TIFFTAG_TILEWIDTH), 0)) : width
        blockHeight = isTiled ? Int(ctiff_long(tiff, UInt32(TIFFTAG_TILELENGTH), 0)) : max(1, min(rows, height))
        guard blockWidth > 0, blockHeight > 0 else { throw unsupported("of tiles without a size") }
        palette = meaning == .palette ? try Self.palette(tiff, bits: bits) ?? { throw unsupported("without its palette") }() : []
    }

    /// Bytes of a strip or tile.
    ///
    /// - Throws: `image.format` where they are out of proportion to the image.
    func blockBytes(_ tiff: OpaquePointer, name: String) throws -> Int {
        let bytes = isTiled ? TIFFTileSize64(tiff) : TIFFVStripSize64(tiff, UInt32(blockHeight))
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
            return TIFFReadEncodedTile(tiff, tile, memory, tmsize_t(capacity)) == capacity
        }
        let strip = TIFFComputeStrip(tiff, UInt32(top), UInt16(plane))
        let rows = min(blockHeight, height - top)
        let wanted = rows * rowBytes
        return wanted <= capacity && TIFFReadEncodedStrip(tiff, strip, memory, tmsize_t(wanted)) == wanted
    }

    /// Bytes of a row of a strip or tile.
    private var rowBytes: Int { (blockWidth * bits * (planes == 1 ? samples : 1) + 7) / 8 }

    /// Puts a strip's or tile's samples, in the machine's byte order, into the image.
    func convert(_ block: UnsafePointer<UInt8>, left: Int, top: Int, plane: Int, to target: UnsafeMutablePointer<UInt8>) {
        for row in 0..<min(blockHeight, height - top) {
            let source = block + row * rowBytes
            for column in 0..<min(blockWidth, width - left) {
                let pixel = target + ((top + row) * width + left + column) * 4
                if meaning == .color || meaning == .ink {
                    for channel in planes == 1 ? 0..<min(samples, 4) : plane..<min(plane + 1, 4) {
                        let index = planes == 1 ? column * samples + channel : column
                        // Of 16 bits, little-endian in memory, the high byte.
                        let value = bits == 16 ? source[2 * index + 1] : source[index]
                        pixel[channel] = isInk ? 255 - value : value
                    }
                } else {
                    let color = color(of: source, column)
                    (pixel[0], pixel[1], pixel[2]) = color
                }
            }
        }
    }

    private func color(of source: UnsafePointer<UInt8>, _ column: Int) -> (UInt8, UInt8, UInt8) {
        if bits == 16 {
            let gray = source[2 * column + 1] == 0 ? source[2 * column] : 255
            return (gray, gray, gray)
        }
        // Alpha behind gray is passed over, as Pillow does.
        let column = column * samples
        let perByte = 8 / bits
        let shift = 8 - bits * (column % perByte + 1)
        let value = Int(source[column / perByte]) >> shift & (1 << bits - 1)
        if meaning == .palette { return palette[value] }
        let gray = UInt8(value * 255 / (1 << bits - 1))
        return meaning == .white0 ? (255 - gray, 255 - gray, 255 - gray) : (gray, gray, gray)
    }

    private static func palette(_ tiff: OpaquePointer, bits: Int) throws -> [(UInt8, UInt8, UInt8)]? {
        var red: UnsafeMutablePointer<UInt16>?
        var green: UnsafeMutablePointer<UInt16>?
        var blue: UnsafeMutablePointer<UInt16>?
        guard ctiff_palette(tiff, &red, &green, &blue) != 0, let red, let green, let blue else { return nil }
        return (0..<1 << bits).map { (UInt8(red[$0] / 256), UInt8(green[$0] / 256), UInt8(blue[$0] / 256)) }
    }
}

/// The eight orientations of TIFF and Exif.
enum TIFFOrientation {
    /// Turns the pixels, 4 bytes each, so that they stand upright; gives the new size.
    ///
    /// - Throws: `image.memory`.
    static func turn(
        _ pixels: UnsafeMutablePointer<UInt8>, width: Int, height: Int, orientation: Int, name: String
    ) throws -> (width: Int, height: Int) {
        guard (2...8).contains(orientation) else { return (width, height) }
        var memory = ByteBuffer()
        try memory.reserve(4 * width * height, for: name)
        let copy = memory.base.assumingMemoryBound(to: UInt8.self)
        copy.update(from: pixels, count: 4 * width * height)
        let isTransposed = orientation >= 5
        let (newWidth, newHeight) = isTransposed ? (height, width) : (width, height)
        for row in 0..<newHeight {
            for column in 0..<newWidth {
                let (x, y) =
                    switch orientation {
                    case 2: (width - 1 - column, row)
                    case 3: (width - 1 - column, height - 1 - row)
                    case 4: (column, height - 1 - row)
                    case 5: (row, column)
                    case 6: (row, height - 1 - column)
                    case 7: (width - 1 - row, height - 1 - column)
                    default: (width - 1 - row, column)
                    }
                for channel in 0..<4 { pixels[4 * (row * newWidth + column) + channel] = copy[4 * (y * width + x) + channel] }
            }
        }
        return (newWidth, newHeight)
    }
}
