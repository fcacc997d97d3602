import CTIFF
import Diagnostics

/// What the samples of a TIFF's pixels mean, of those combinations that Pillow turns into RGB as it says it does. It refuses others, and
/// misreads some; those are refused here.
struct TIFFSamples {
    enum Meaning {
        case white0, black0, palette, color, ink, yCbCr, lab
        /// Red, green, blue multiplied by the alpha that follows.
        case premultiplied
    }

    enum Format {
        case unsigned, signed, floating
    }

    let meaning: Meaning
    let format: Format
    let bits: Int
    /// Of a pixel, as far as they are read. Where each has a plane of its own, unspecified ones behind the colour are passed over.
    let count: Int

    /// A file's tags that tell the meaning.
    struct Tags {
        var photometric: Int32
        var format: Format
        var bits: Int
        var samples: Int
        /// What the samples behind the colour are: 0 unspecified, 1 premultiplied alpha, 2 alpha.
        var extras: [Int]
        var isSeparate: Bool
        var isCompressed: Bool
        var isBigEndian: Bool
        /// Bits of a byte begin with the lowest.
        var isReversed: Bool
    }

    /// Nil for combinations that are not decoded.
    init?(_ tags: Tags) {
        var tags = tags
        if tags.isSeparate, !tags.extras.isEmpty, tags.extras.allSatisfy({ $0 == 0 }) {
            guard tags.isCompressed, tags.samples > tags.extras.count, tags.photometric != PHOTOMETRIC_YCBCR else { return nil }
            tags.samples -= tags.extras.count
            tags.extras = []
        }
        guard let meaning = Self.meaning(tags) else { return nil }
        self.meaning = meaning
        format = tags.format
        bits = tags.bits
        count = tags.samples
    }

    private static func meaning(_ tags: Tags) -> Meaning? {
        let colors = tags.samples - tags.extras.count
        let isPlain = tags.format == .unsigned && tags.bits == 8 && !tags.isReversed
        switch tags.photometric {
        case PHOTOMETRIC_MINISWHITE, PHOTOMETRIC_MINISBLACK:
            let isWhite0 = tags.photometric == PHOTOMETRIC_MINISWHITE
            let isKnown = tags.samples == 1 ? isGray(tags, isWhite0: isWhite0) : colors == 1 && isPlain && !isWhite0 && hasAlpha(tags)
            // Of more than eight bits, Pillow takes the values as they are.
            return isKnown ? isWhite0 && tags.bits <= 8 ? .white0 : .black0 : nil
        case PHOTOMETRIC_PALETTE:
            let isReadable = !tags.isReversed || tags.bits == 8 || tags.isCompressed
            let isSmall = tags.samples == 1 && tags.format == .unsigned && [1, 2, 4, 8].contains(tags.bits) && isReadable
            return isSmall || colors == 1 && isPlain && hasAlpha(tags) ? .palette : nil
        case PHOTOMETRIC_SEPARATED:
            guard tags.format == .unsigned, !tags.isReversed, colors == 4 else { return nil }
            let isKnown =
                tags.bits == 8
                ? tags.extras.count <= 2 && tags.extras.allSatisfy { $0 == 0 }
                : tags.bits == 16 && tags.extras.isEmpty && (!tags.isSeparate || tags.isCompressed)
            return isKnown ? .ink : nil
        case PHOTOMETRIC_RGB:
            return isColor(tags) ? tags.extras.first == 1 ? .premultiplied : .color : nil
        case PHOTOMETRIC_YCBCR:
            return isPlain && tags.extras.isEmpty && colors == 3 && (!tags.isSeparate || tags.isCompressed) ? .yCbCr : nil
        case PHOTOMETRIC_CIELAB:
            return isPlain && tags.extras.isEmpty && colors == 3 && !tags.isSeparate ? .lab : nil
        default:
            return nil
        }
    }

    /// Whether a sample behind the first is one that Pillow passes over.
    private static func hasAlpha(_ tags: Tags) -> Bool {
        tags.isSeparate ? tags.extras == [2] && tags.isCompressed : tags.extras == [0] || tags.extras == [2]
    }

    private static func isGray(_ tags: Tags, isWhite0: Bool) -> Bool {
        // Compressed, samples come in the machine's order, and Pillow turns some of them once more.
        let isInOrder = !tags.isBigEndian || !tags.isCompressed
        switch (tags.format, tags.bits) {
        case (.unsigned, 1), (.unsigned, 2), (.unsigned, 4): return true
        case (.unsigned, 8): return !(isWhite0 && tags.isReversed && !tags.isCompressed)
        case (.unsigned, 12): return !isWhite0 && !tags.isBigEndian && !tags.isReversed
        case (.unsigned, 16) where tags.isBigEndian: return !isWhite0 && !tags.isReversed
        case (.unsigned, 16): return !isWhite0 || !tags.isReversed
        case (.unsigned, 32): return !isWhite0 && !tags.isBigEndian && !tags.isReversed
        case (.signed, 8): return !isWhite0 && !tags.isReversed
        case (.signed, 16), (.signed, 32): return !isWhite0 && !tags.isReversed && isInOrder
        case (.floating, 32): return !tags.isReversed && isInOrder
        default: return false
        }
    }

    private static func isColor(_ tags: Tags) -> Bool {
        guard tags.format == .unsigned, tags.extras.dropFirst().allSatisfy({ $0 == 0 }), tags.extras.allSatisfy({ $0 <= 2 }) else {
            return false
        }
        let colors = tags.samples - tags.extras.count
        let hasUntoldAlpha = colors == 4 && tags.extras.isEmpty
        guard colors == 3 || hasUntoldAlpha else { return false }
        guard !tags.isReversed || tags.bits == 8 && tags.samples == 3 && (!tags.isSeparate || tags.isCompressed) else { return false }
        if tags.isSeparate {
            guard !hasUntoldAlpha, tags.extras.count <= 1 else { return false }
            return tags.bits == 8 ? tags.extras != [1] || tags.isCompressed : tags.bits == 16 && tags.isCompressed
        }
        return tags.bits == 8 ? tags.extras.count <= 3 : tags.bits == 16 && tags.extras.count <= 1
    }
}

extension TIFFSamples {
    /// Sample `index` of a row, in the machine's byte order, as a value from 0 to 255: of colours of 16 bits the high byte, other values beyond
    /// a byte's range its ends.
    func value(_ row: UnsafePointer<UInt8>, _ index: Int) -> UInt8 {
        let memory = UnsafeRawPointer(row)
        switch (format, bits) {
        case (.floating, _):
            let value = memory.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            return value > 0 ? value >= 255 ? 255 : UInt8(value) : 0
        // What is unsigned, too, Pillow takes for signed.
        case (_, 32): return UInt8(clamping: memory.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
        case (.signed, 16): return UInt8(clamping: memory.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
        case (_, 16):
            let value = memory.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
            return meaning == .black0 ? UInt8(clamping: value) : UInt8(value >> 8)
        case (_, 12):
            let (first, second) = (Int(row[3 * index / 2]), Int(row[3 * index / 2 + 1]))
            return UInt8(clamping: index.isMultiple(of: 2) ? first << 4 | second >> 4 : (first & 15) << 8 | second)
        case (_, 8): return row[index]
        default:
            let perByte = 8 / bits
            return row[index / perByte] >> (8 - bits * (index % perByte + 1)) & (1 << bits - 1)
        }
    }

    /// A gray sample's brightness.
    func gray(_ row: UnsafePointer<UInt8>, _ index: Int) -> UInt8 {
        let value = value(row, index)
        let scaled = bits < 8 ? UInt8(Int(value) * 255 / (1 << bits - 1)) : value
        return meaning == .white0 ? 255 - scaled : scaled
    }

    /// Turns the image's samples, four bytes a pixel, into red, green and blue.
    func finish(_ pixels: UnsafeMutablePointer<UInt8>, pixelCount: Int) {
        switch meaning {
        case .ink:
            InvertedInk.convertToRGB(pixels, pixelCount: pixelCount)
        case .lab:
            LabColors.convertToRGB(pixels, pixelCount: pixelCount)
        case .premultiplied:
            for pixel in 0..<pixelCount {
                let alpha = Int(pixels[4 * pixel + 3])
                for channel in 4 * pixel..<4 * pixel + 3 {
                    pixels[channel] = alpha == 0 ? 0 : UInt8(clamping: Int(pixels[channel]) * 255 / alpha)
                }
            }
        default:
            break
        }
    }
}
