import Diagnostics

/// Windows bitmaps: uncompressed, with bit fields, and in runs.
enum BMPDecoder {
    /// Decodes `bytes` into `pixels` as 4 bytes per pixel: R, G, B and a byte of no meaning. Alpha is dropped and palettes are looked up.
    ///
    /// - Throws: `image.truncated`, `image.corrupt`, `image.format`, `image.pixelLimit`, `image.memory`.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, into pixels: inout ByteBuffer, pixelLimit: Int, within share: inout DecodingShare, name: String
    ) throws -> (width: Int, height: Int) {
        let truncated = Failure(
            .imageTruncated, "\(name) is a truncated BMP: it ends before its image does.", remedy: "Fetch or convert the file again.")
        var cursor = ByteCursor(bytes, truncated: truncated)
        let header = try BMPHeader(&cursor, name: name)
        guard header.width > 0, header.height > 0 else {
            throw Failure(.imageCorrupt, "\(name) is a BMP without pixels.", remedy: "Fetch or convert the file again.")
        }
        let byteCount = try PixelCount.bytes(width: header.width, height: header.height, limit: pixelLimit, name: name)
        share.take(2 * byteCount)
        switch header.compression {
        case .none, .bitFields:
            let rowBytes = (header.width * header.bits + 7) / 8
            _ = try cursor.slice(header.offset, count: header.stride * (header.height - 1) + rowBytes)
            try pixels.reserve(byteCount, for: name)
            for row in 0..<header.height {
                let source = try cursor.slice(header.offset + row * header.stride, count: rowBytes)
                convert(source, header, to: target(of: row, header, pixels.base))
            }
        case .runLength4, .runLength8:
            let values = try BMPRuns.numbers(&cursor, header)
            try pixels.reserve(byteCount, for: name)
            for row in 0..<header.height {
                let target = target(of: row, header, pixels.base)
                for column in 0..<header.width { put(values[row * header.width + column], header, to: target, column) }
            }
        }
        return (header.width, header.height)
    }

    /// Where the file's row `row` goes: the last row comes first, unless the header says otherwise.
    private static func target(of row: Int, _ header: BMPHeader, _ pixels: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt8> {
        let place = header.isTopDown ? row : header.height - 1 - row
        return (pixels + place * header.width * 4).assumingMemoryBound(to: UInt8.self)
    }

    private static func convert(_ source: UnsafeRawBufferPointer, _ header: BMPHeader, to target: UnsafeMutablePointer<UInt8>) {
        for column in 0..<header.width {
            switch header.bits {
            case 1: put(source[column >> 3] >> UInt8(7 - column & 7) & 1, header, to: target, column)
            case 4: put(column & 1 == 0 ? source[column >> 1] >> 4 : source[column >> 1] & 15, header, to: target, column)
            case 8: put(source[column], header, to: target, column)
            case 16:
                let value = Int(source[2 * column]) | Int(source[2 * column + 1]) << 8
                let green = header.isGreenWide ? (value >> 5 & 63) * 255 / 63 : (value >> 5 & 31) * 255 / 31
                target[4 * column] = UInt8((value >> (header.isGreenWide ? 11 : 10) & 31) * 255 / 31)
                target[4 * column + 1] = UInt8(green)
                target[4 * column + 2] = UInt8((value & 31) * 255 / 31)
            default:
                let first = column * header.bits / 8
                target[4 * column] = source[first + header.channels.red]
                target[4 * column + 1] = source[first + header.channels.green]
                target[4 * column + 2] = source[first + header.channels.blue]
            }
        }
    }

    private static func put(_ value: UInt8, _ header: BMPHeader, to target: UnsafeMutablePointer<UInt8>, _ column: Int) {
        let color: (UInt8, UInt8, UInt8)
        switch header.indices {
        case .palette(let palette): color = palette[Int(value)]
        case .blackWhite: color = value == 0 ? (0, 0, 0) : (255, 255, 255)
        case .gray, .none: color = (value, value, value)
        }
        target[4 * column] = color.0
        target[4 * column + 1] = color.1
        target[4 * column + 2] = color.2
    }
}

/// The runs of a compressed bitmap, read as Pillow reads them.
enum BMPRuns {
    /// The numbers of all pixels, in the file's order of rows.
    ///
    /// - Throws: `image.truncated` where they are fewer than the image has.
    static func numbers(_ cursor: inout ByteCursor, _ header: BMPHeader) throws -> [UInt8] {
        let total = header.width * header.height
        var numbers: [UInt8] = []
        numbers.reserveCapacity(min(total, 1 << 24))
        var column = 0
        cursor.position = header.offset
        while numbers.count < total, cursor.position + 2 <= cursor.bytes.count {
            let count = Int(try cursor.byte())
            let value = try cursor.byte()
            if count > 0 {
                let length = max(0, min(count, header.width - column))
                for index in 0..<length {
                    numbers.append(header.compression == .runLength8 ? value : index & 1 == 0 ? value >> 4 : value & 15)
                }
                column += length
                continue
            }
            switch value {
            case 0:
                while !numbers.count.isMultiple(of: header.width) { numbers.append(0) }
                column = 0
            case 1:
                guard numbers.count >= total else { throw cursor.truncated }
            case 2:
                let right = Int(try cursor.byte())
                let up = Int(try cursor.byte())
                numbers.append(contentsOf: repeatElement(0, count: min(total - numbers.count, right + up * header.width)))
                column = numbers.count % header.width
            default:
                try readLiterals(Int(value), &cursor, header, total: total, into: &numbers)
                column += Int(value)
            }
        }
        guard numbers.count >= total else { throw cursor.truncated }
        return numbers
    }

    private static func readLiterals(
        _ count: Int, _ cursor: inout ByteCursor, _ header: BMPHeader, total: Int, into numbers: inout [UInt8]
    ) throws {
        let wanted = min(total - numbers.count, count)
        for index in 0..<wanted {
            if header.compression == .runLength8 {
                numbers.append(try cursor.byte())
            } else if index & 1 == 0 {
                numbers.append(try cursor.byte() >> 4)
            } else {
                numbers.append(cursor.bytes[cursor.position - 1] & 15)
            }
        }
        if !cursor.position.isMultiple(of: 2) { cursor.position += 1 }
    }
}
