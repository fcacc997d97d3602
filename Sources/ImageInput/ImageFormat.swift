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
        case .other(let name): name
        case .unknown: "unknown"
        }
    }

    /// Whether images of it are decoded here, as far as their first bytes tell.
    var isDecoded: Bool {
        switch self {
        case .jpeg, .png, .webp, .bmp, .tiff, .portableMap: true
        case .other, .unknown: false
        }
    }

    /// Bytes needed at most to tell.
    static let signatureLength = 16

    package init(startingWith bytes: some Sequence<UInt8>) {
        let start = Array(bytes.prefix(Self.signatureLength))
        self =
            Self.signatures.first { start.starts(with: $0.bytes) }?.format
            ?? (start.starts(with: Array("RIFF".utf8)) && start.dropFirst(8).starts(with: Array("WEBP".utf8)) ? .webp : .unknown)
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
        ] + (1...6).flatMap { number in [0x20, 0x09, 0x0A, 0x0D].map { (Array("P\(number)".utf8) + [$0], .portableMap) } }
}
