/// Writes structures in Thrift's compact protocol, as far as Parquet's metadata needs it.
///
/// Source: "Thrift Compact protocol encoding", doc/specs/thrift-compact-protocol.md of apache/thrift.
struct ThriftCompactWriter {
    private(set) var bytes: [UInt8] = []
    /// The last field's number in each open structure.
    private var lastFields: [Int] = [0]

    private enum TypeCode: UInt8 {
        case int32 = 5
        case int64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    mutating func field(_ number: Int, int32 value: Int) {
        header(number, .int32)
        zigzag(value)
    }

    mutating func field(_ number: Int, int64 value: Int) {
        header(number, .int64)
        zigzag(value)
    }

    mutating func field(_ number: Int, text: String) {
        header(number, .binary)
        binary(text)
    }

    mutating func field(_ number: Int, int32s values: [Int]) {
        header(number, .list)
        listHeader(values.count, .int32)
        for value in values { zigzag(value) }
    }

    mutating func field(_ number: Int, texts: [String]) {
        header(number, .list)
        listHeader(texts.count, .binary)
        for text in texts { binary(text) }
    }

    mutating func field(_ number: Int, structure body: (inout ThriftCompactWriter) -> Void) {
        header(number, .structure)
        structure(body)
    }

    mutating func field<Element>(_ number: Int, structures: [Element], _ body: (inout ThriftCompactWriter, Element) -> Void) {
        header(number, .list)
        listHeader(structures.count, .structure)
        for element in structures { structure { body(&$0, element) } }
    }

    /// Ends the outermost structure.
    mutating func stop() { bytes.append(0) }

    private mutating func structure(_ body: (inout ThriftCompactWriter) -> Void) {
        lastFields.append(0)
        body(&self)
        bytes.append(0)
        lastFields.removeLast()
    }

    /// A field's type and its distance from the field before, which is 1 to 15 in all structures of Parquet.
    private mutating func header(_ number: Int, _ type: TypeCode) {
        let delta = number - lastFields[lastFields.count - 1]
        precondition((1...15).contains(delta))
        bytes.append(UInt8(delta) << 4 | type.rawValue)
        lastFields[lastFields.count - 1] = number
    }

    private mutating func listHeader(_ count: Int, _ type: TypeCode) {
        if count < 15 {
            bytes.append(UInt8(count) << 4 | type.rawValue)
        } else {
            bytes.append(0xF0 | type.rawValue)
            varint(UInt64(count))
        }
    }

    private mutating func binary(_ text: String) {
        varint(UInt64(text.utf8.count))
        bytes += Array(text.utf8)
    }

    private mutating func zigzag(_ value: Int) {
        varint(UInt64(bitPattern: Int64(value << 1) ^ Int64(value >> 63)))
    }

    private mutating func varint(_ value: UInt64) {
        bytes += VariableLengthInteger.encoded(value)
    }
}

/// Seven bits a byte, the lowest first, the top bit set where more follow.
enum VariableLengthInteger {
    static func encoded(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}
