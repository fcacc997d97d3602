/// What a file is, told by its first bytes: names lie (PNG bytes under `.JPEG` occur in ImageNet).
package enum ImageFormat: Equatable, Sendable {
    case jpeg
    case png
    case webp
    case bmp
    case tiff
    /// A portable map of Netpbm.
    case portableMap
    /// A known format that is not decoded here, by name.
    case other(String)
    /// What stands in an image's place where something went wrong, by what people call it.
    case noImage(String)
    case unknown

    /// What people call it.
    package var name: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        case .bmp: "BMP"
        case .tiff: "TIFF"
        case .portableMap: "portable map"
        case .other(let name), .noImage(let name): name
        case .unknown: "unknown"
        }
    }

    /// Whether images of it are decoded here, as far as their first bytes tell.
    var isDecoded: Bool {
        switch self {
        case .jpeg, .png, .webp, .bmp, .tiff, .portableMap: true
        case .other, .noImage, .unknown: false
        }
    }

    /// Bytes needed at most to tell.
    static let signatureLength = 16

    package init(startingWith bytes: some Sequence<UInt8>) {
        let start = Array(bytes.prefix(Self.signatureLength))
        self = Self.signatures.first { start.starts(with: $0.bytes) }?.format ?? Self.contained(start) ?? .unknown
    }

    /// The format inside of a container that many formats have.
    private static func contained(_ start: [UInt8]) -> ImageFormat? {
        let brand = String(decoding: start.dropFirst(8).prefix(4), as: UTF8.self)
        if start.starts(with: Array("RIFF".utf8)) { return brand == "WEBP" ? .webp : .other("RIFF") }
        guard start.dropFirst(4).starts(with: Array("ftyp".utf8)) else { return nil }
        return switch brand {
        case "avif", "avis": .other("AVIF")
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": .other("HEIC")
        default: .other("MP4 or QuickTime")
        }
    }

    private static let signatures: [(bytes: [UInt8], format: ImageFormat)] =
        [
            ([0xFF, 0xD8, 0xFF], .jpeg),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
            (Array("GIF8".utf8), .other("GIF")),
            (Array("BM".utf8), .bmp),
            ([0x49, 0x49, 0x2A, 0x00], .tiff),
            ([0x4D, 0x4D, 0x00, 0x2A], .tiff),
            ([0x49, 0x49, 0x2B, 0x00], .tiff),
            ([0x4D, 0x4D, 0x00, 0x2B], .tiff),
            ([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], .other("JPEG 2000")),
            ([0xFF, 0x4F, 0xFF, 0x51], .other("JPEG 2000")),
            ([0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20], .other("JPEG XL")),
            ([0xFF, 0x0A], .other("JPEG XL")),
            (Array("8BPS".utf8), .other("PSD")),
            ([0x76, 0x2F, 0x31, 0x01], .other("OpenEXR")),
            ([0x00, 0x00, 0x01, 0x00], .other("ICO")),
            (Array("DDS ".utf8), .other("DDS")),
            (Array("P7\n".utf8), .other("PAM")),
            (Array("PF\n".utf8), .other("PFM")),
            (Array("Pf\n".utf8), .other("PFM")),
            (Array("%PDF".utf8), .other("PDF")),
            (Array("%!PS".utf8), .other("PostScript")),
            (Array("<svg".utf8), .other("SVG")),
            (Array("version https://".utf8), .noImage("a Git LFS pointer")),
            ([0x1F, 0x8B], .noImage("gzip-compressed data")),
            ([0x50, 0x4B, 0x03, 0x04], .noImage("a ZIP archive")),
        ] + ["<!DOCTYPE", "<!doctype", "<html", "<HTML", "<?xml"].map { (Array($0.utf8), .noImage("HTML or XML text")) }
        + (1...6).flatMap { number in [0x20, 0x09, 0x0A, 0x0D].map { (Array("P\(number)".utf8) + [$0], .portableMap) } }
}
