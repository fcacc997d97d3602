import Diagnostics

/// What stands before the pixels of a Windows bitmap, as Pillow's `BmpImagePlugin.py` takes it.
struct BMPHeader {
    enum Compression: Int {
        case none = 0
        case runLength8 = 1
        case runLength4 = 2
        case bitFields = 3
    }

    /// What a pixel's number means, where it is no colour itself.
    enum Indices {
        case none
        /// The palette is black and white: any number but 0 is white.
        case blackWhite
        /// The palette is the gray of each number.
        case gray
        /// 256 colours as R, G, B.
        case palette([(UInt8, UInt8, UInt8)])
    }

    var width = 0
    var height = 0
    var isTopDown = false
    var bits = 0
    var compression = Compression.none
    var indices = Indices.none
    /// Places of red, green and blue in a pixel of 24 or 32 bits.
    var channels = (red: 2, green: 1, blue: 0)
    /// Of 16 bits, green has six instead of five.
    var isGreenWide = false
    /// Where the pixels begin.
    var offset = 0

    /// Bytes of a row in the file.
    var stride: Int { ((width * bits + 31) >> 3) & ~3 }

    /// - Throws: `image.truncated`, `image.corrupt`, `image.format`.
    init(_ cursor: inout ByteCursor, name: String) throws {
        cursor.position = 10
        let dataOffset = try cursor.little32()
        let size = try cursor.little32()
        guard [12, 40, 52, 56, 64, 108, 124].contains(size) else { throw Self.unsupported(name, "with a header of \(size) bytes") }
        var colors = 0
        var masks: [Int] = []
        if size == 12 {
            (width, height) = (try cursor.little16(), try cursor.little16())
            _ = try cursor.little16()
            bits = try cursor.little16()
        } else {
            width = try cursor.little32()
            height = try cursor.little32()
            isTopDown = height >> 24 == 0xFF
            if isTopDown { height = (1 << 32) - height }
            _ = try cursor.little16()
            bits = try cursor.little16()
            let number = try cursor.little32()
            guard let compression = Compression(rawValue: number) else { throw Self.unsupported(name, "with compression \(number)") }
            self.compression = compression
            cursor.position = 46
            colors = try cursor.little32()
            if compression == .bitFields {
                cursor.position = 54
                for _ in 0..<(size >= 56 ? 4 : 3) { masks.append(try cursor.little32()) }
            }
            // Behind a header of 40 bytes the masks stand outside of it.
            cursor.position = size == 40 && compression == .bitFields ? 66 : 14 + size
        }
        let padding = size == 12 ? 3 : 4
        if colors == 0, bits <= 16 { colors = 1 << bits }
        offset = dataOffset
        if offset == 14 + size, bits <= 8 { offset += padding * colors }
        switch bits {
        case 1, 4, 8: try readPalette(&cursor, colors: colors, padding: padding, name: name)
        case 16, 24, 32: try readMasks(masks, name: name)
        default: throw Self.unsupported(name, "of \(bits) bits a pixel")
        }
        if compression == .runLength4 || compression == .runLength8, bits > 8 {
            throw Self.unsupported(name, "of \(bits) bits a pixel in runs")
        }
        if offset == 0 { offset = cursor.position }
    }

    private mutating func readPalette(_ cursor: inout ByteCursor, colors: Int, padding: Int, name: String) throws {
        guard compression != .bitFields, (1...65536).contains(colors) else { throw Self.unsupported(name, "with \(colors) colours") }
        let available = min(padding * colors, max(0, cursor.bytes.count - cursor.position))
        let bytes = Array(try cursor.slice(cursor.position, count: available))
        cursor.position += available
        let isGray = (0..<colors).allSatisfy { index in
            let value = colors == 2 ? index * 255 : index
            let place = index * padding
            return value < 256 && place + 3 <= bytes.count && bytes[place..<place + 3].allSatisfy { $0 == value }
        }
        guard isGray else {
            var palette = [(UInt8, UInt8, UInt8)](repeating: (0, 0, 0), count: 256)
            for index in 0..<min(256, bytes.count / padding) {
                palette[index] = (bytes[index * padding + 2], bytes[index * padding + 1], bytes[index * padding])
            }
            indices = .palette(palette)
            return
        }
        indices = colors <= 2 ? .blackWhite : .gray
        // Pillow takes such a palette for the pixels' depth.
        guard compression != .none || bits == (colors <= 2 ? 1 : 8) else {
            throw Self.unsupported(name, "of \(bits) bits a pixel with \(colors) grays")
        }
    }

    private mutating func readMasks(_ masks: [Int], name: String) throws {
        guard compression == .bitFields else { return }
        let colors = Array(masks.prefix(3))
        let alpha = masks.count > 3 ? masks[3] : 0
        let isKnown: Bool
        switch bits {
        case 16:
            isGreenWide = colors == [0xF800, 0x7E0, 0x1F]
            isKnown = isGreenWide || colors == [0x7C00, 0x3E0, 0x1F]
        case 24: isKnown = colors == [0xFF0000, 0xFF00, 0xFF]
        default:
            let known: [(colors: [Int], alphas: [Int], channels: (red: Int, green: Int, blue: Int))] = [
                ([0xFF0000, 0xFF00, 0xFF], [0, 0xFF00_0000], (2, 1, 0)), ([0xFF00_0000, 0xFF0000, 0xFF00], [0, 0xFF], (3, 2, 1)),
                ([0xFF00_0000, 0xFF00, 0xFF], [0, 0xFF0000], (3, 1, 0)), ([0xFF, 0xFF00, 0xFF0000], [0xFF00_0000], (0, 1, 2)),
                ([0, 0, 0], [0], (2, 1, 0)),
            ]
            let match = known.first { $0.colors == colors && $0.alphas.contains(alpha) }
            channels = match?.channels ?? channels
            isKnown = match != nil
        }
        guard isKnown else { throw Self.unsupported(name, "with bit fields of an unusual order") }
    }

    static func unsupported(_ name: String, _ what: String) -> Failure {
        Failure(.imageFormat, "\(name) is a BMP \(what), which is not decoded.", remedy: "Convert it to PNG, which keeps its pixels.")
    }
}
