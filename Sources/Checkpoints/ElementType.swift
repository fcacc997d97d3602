/// Types of tensor elements in checkpoints.
package enum ElementType: String, Sendable, Hashable, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes of an element.
    package var bytes: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    package var isFloat: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }

    /// The element at a byte offset, little-endian, as the nearest float32.
    @inline(__always)
    func float(in span: RawSpan, at offset: Int) -> Float {
        switch self {
        case .float32: Float(bitPattern: span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
        case .float64: Float(Double(bitPattern: span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        case .bfloat16: Float(bitPattern: UInt32(span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)) << 16)
        case .float16: Self.float(half: span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
        default: Float(integer(in: span, at: offset))
        }
    }

    /// The element at a byte offset as an integer; floats are cut.
    func integer(in span: RawSpan, at offset: Int) -> Int {
        switch self {
        case .int64: Int(span.unsafeLoadUnaligned(fromByteOffset: offset, as: Int64.self))
        case .int32: Int(span.unsafeLoadUnaligned(fromByteOffset: offset, as: Int32.self))
        case .int16: Int(span.unsafeLoadUnaligned(fromByteOffset: offset, as: Int16.self))
        case .int8: Int(span.unsafeLoadUnaligned(fromByteOffset: offset, as: Int8.self))
        case .uint8, .bool: Int(span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self))
        default: Int(exactly: float(in: span, at: offset).rounded(.towardZero)) ?? 0
        }
    }

    /// IEEE half precision, subnormals and infinities included.
    static func float(half: UInt16) -> Float {
        let sign: Float = half & 0x8000 == 0 ? 1 : -1
        let exponent = Int(half >> 10 & 0x1F)
        let fraction = Float(half & 0x3FF)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
