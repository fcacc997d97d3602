import Diagnostics

/// The portable maps of Netpbm, PBM, PGM and PPM, as text and as bytes.
struct PNMDecoder {
    private enum Kind {
        case bits, gray, color
    }

    private let kind: Kind
    private let isText: Bool
    private let width: Int
    private let height: Int
    private let maximum: Int
    private var cursor: ByteCursor
    private let name: String

    /// Decodes `bytes` into `pixels` as 4 bytes per pixel: R, G, B and a byte of no meaning. Samples are stretched to 8 bits; those of gray maps
    /// with more than 8 are stretched to 16 and clipped to 255, which is what Pillow's `convert("RGB")` makes of them.
    ///
    /// - Throws: `image.truncated`, `image.corrupt`, `image.pixelLimit`, `image.memory`.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, into pixels: inout ByteBuffer, pixelLimit: Int, within share: inout DecodingShare, name: String
    ) throws -> (width: Int, height: Int) {
        var decoder = try PNMDecoder(bytes, name: name)
        let byteCount = try PixelCount.bytes(width: decoder.width, height: decoder.height, limit: pixelLimit, name: name)
        try decoder.requireBytes()
        share.take(byteCount)
        try pixels.reserve(byteCount, for: name)
        try decoder.fill(pixels.base.assumingMemoryBound(to: UInt8.self))
        return (decoder.width, decoder.height)
    }

    private init(_ bytes: UnsafeRawBufferPointer, name: String) throws {
        self.name = name
        cursor = ByteCursor(
            bytes,
            truncated: Failure(
                .imageTruncated, "\(name) is a truncated portable map: it ends before its image does.",
                remedy: "Fetch or convert the file again."))
        cursor.position = 1
        let number = try cursor.byte() - UInt8(ascii: "0")
        isText = number <= 3
        kind = [.bits, .gray, .color][Int(number - 1) % 3]
        cursor.position = 3
        width = try Self.token(&cursor, name)
        height = try Self.token(&cursor, name)
        maximum = kind == .bits ? 1 : try Self.token(&cursor, name)
        guard width > 0, height > 0, (1...65535).contains(maximum) else { throw Self.corrupt(name, "its header has an impossible number") }
    }

    /// Samples stretched to 8 bits, or to 16 where the map is gray and has more.
    private func stretched(_ value: Int) -> UInt8 {
        let limit = kind == .gray && maximum > 255 ? 65535 : 255
        if maximum == limit { return UInt8(min(value, 255)) }
        return UInt8(min(255, (Double(value) / Double(maximum) * Double(limit)).rounded(.toNearestOrEven)))
    }

    /// The bytes that the image needs at least: nothing is allocated for pixels that cannot be there.
    private func requireBytes() throws {
        let samples = width * height * (kind == .color ? 3 : 1)
        let needed =
            switch (isText, kind) {
            case (true, .bits): samples
            case (true, _): 2 * samples - 1
            case (false, .bits): (width + 7) / 8 * height
            case (false, _): samples * (maximum > 255 ? 2 : 1)
            }
        _ = try cursor.slice(cursor.position, count: needed)
    }

    private mutating func fill(_ pixels: UnsafeMutablePointer<UInt8>) throws {
        for row in 0..<height {
            var bits: UInt8 = 0
            for column in 0..<width {
                let pixel = pixels + (row * width + column) * 4
                switch kind {
                case .bits:
                    let isInk: Bool
                    if isText {
                        isInk = try bit()
                    } else {
                        if column & 7 == 0 { bits = try cursor.byte() }
                        isInk = bits >> UInt8(7 - column & 7) & 1 == 1
                    }
                    for channel in 0..<3 { pixel[channel] = isInk ? 0 : 255 }
                case .gray:
                    let value = try sample()
                    for channel in 0..<3 { pixel[channel] = value }
                case .color:
                    for channel in 0..<3 { pixel[channel] = try sample() }
                }
            }
        }
    }

    private mutating func sample() throws -> UInt8 {
        if isText {
            let value = try Self.token(&cursor, name)
            guard value <= maximum else { throw Self.corrupt(name, "a sample is larger than its header allows") }
            return stretched(value)
        }
        guard maximum > 255 else { return stretched(Int(try cursor.byte())) }
        let high = Int(try cursor.byte())
        return stretched(high << 8 | Int(try cursor.byte()))
    }

    /// A digit of a text bit map; blanks between them may be left out.
    private mutating func bit() throws -> Bool {
        while true {
            let byte = try cursor.byte()
            switch byte {
            case UInt8(ascii: "0"): return false
            case UInt8(ascii: "1"): return true
            case UInt8(ascii: "#"): try Self.skipLine(&cursor)
            case _ where Self.isBlank(byte): continue
            default: throw Self.corrupt(name, "a bit is neither 0 nor 1")
            }
        }
    }

    /// A number of at most ten digits, and the blank behind it; comments reach to the end of their line.
    private static func token(_ cursor: inout ByteCursor, _ name: String) throws -> Int {
        var value = 0
        var digits = 0
        while true {
            guard digits == 0 || cursor.position < cursor.bytes.count else { return value }
            let byte = try cursor.byte()
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
                digits += 1
                guard digits <= 10 else { throw corrupt(name, "a number is too long") }
            case UInt8(ascii: "#"): try skipLine(&cursor)
            case _ where isBlank(byte): if digits > 0 { return value }
            default: throw corrupt(name, "a number has a character that is no digit")
            }
        }
    }

    private static func skipLine(_ cursor: inout ByteCursor) throws {
        while ![0x0A, 0x0D].contains(try cursor.byte()) {}
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func corrupt(_ name: String, _ text: String) -> Failure {
        Failure(.imageCorrupt, "\(name) is a portable map that cannot be decoded: \(text).", remedy: "Fetch or convert the file again.")
    }
}
