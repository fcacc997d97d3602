/// One header block of a tar archive: ustar (POSIX.1-1988), GNU's, or the one before both.
struct TarHeader {
    static let byteCount = 512

    /// What a block describes, by its type flag.
    enum Kind {
        case file
        /// A second name of a file that came before.
        case hardLink
        /// What people call one: a folder, a symbolic link, a special file (devices and pipes), an unknown member.
        case other(String)
        /// The next member's name, or the name it links to, where it is too long for its header (GNU).
        case longName
        case longLink
        /// Records that describe the next member, or all that follow (pax).
        case records
        case globalRecords
        case sparse
        /// The rest of a file whose beginning is in another volume.
        case continuation
    }

    var kind: Kind
    /// The name in the header, as bytes.
    var name: [UInt8]
    var link: [UInt8]
    var byteCount: Int

    enum Unreadable: Error {
        case checksum
        case number
    }

    /// Nil for the block of zeros that ends an archive.
    init?(_ block: [UInt8]) throws(Unreadable) {
        guard block.contains(where: { $0 != 0 }) else { return nil }
        guard let stated = Self.number(block[148..<156]), Self.sums(of: block).contains(stated) else { throw .checksum }
        guard let size = Self.number(block[124..<136]) else { throw .number }
        let isUstar = block[257..<262].elementsEqual("ustar".utf8)
        let isGNU = isUstar && block[262] == 0x20
        let flag = block[156]
        byteCount = size
        link = Self.text(block[157..<257])
        name = Self.text(block[0..<100])
        if isUstar, !isGNU {
            let prefix = Self.text(block[345..<500])
            if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
        }
        kind = Self.kind(flag)
        // Before ustar, a folder was a file whose name ends in a slash.
        if case .file = kind, name.last == UInt8(ascii: "/") { kind = .other("folder") }
        // Links, folders and devices have no bytes of their own, whatever the field says.
        switch kind {
        case .hardLink: byteCount = 0
        case .other(let what) where what != "unknown member": byteCount = 0
        default: break
        }
    }

    private static func kind(_ flag: UInt8) -> Kind {
        switch flag {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): .file
        case UInt8(ascii: "1"): .hardLink
        case UInt8(ascii: "2"): .other("symbolic link")
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"): .other("special file")
        case UInt8(ascii: "5"): .other("folder")
        case UInt8(ascii: "L"): .longName
        case UInt8(ascii: "K"): .longLink
        case UInt8(ascii: "x"), UInt8(ascii: "X"): .records
        case UInt8(ascii: "g"): .globalRecords
        case UInt8(ascii: "S"): .sparse
        case UInt8(ascii: "M"): .continuation
        default: .other("unknown member")
        }
    }

    /// Bytes up to the first zero.
    static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits between blanks or zeros, or, with the highest bit set, a binary number (GNU). Nil where it is neither, or above 2^62.
    static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            guard first == 0x80 else { return nil }
            var value = 0
            for byte in field.dropFirst() {
                guard value < 1 << 54 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        guard digits.allSatisfy({ (0x30...0x37).contains($0) }), digits.count <= 20 else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    }

    /// The sum of all bytes with the checksum's own taken for blanks, by unsigned and, as some old programs did, by signed bytes.
    private static func sums(of block: [UInt8]) -> [Int] {
        var unsigned = 8 * 0x20
        var signed = 8 * 0x20
        for (index, byte) in block.enumerated() where !(148..<156).contains(index) {
            unsigned += Int(byte)
            signed += Int(Int8(bitPattern: byte))
        }
        return [unsigned, signed]
    }
}
