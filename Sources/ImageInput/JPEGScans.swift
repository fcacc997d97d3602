/// The scans of a progressive JPEG, as far as they decide what its pixels are and what decoding them costs (ITU T.81, annexes B and G).
struct JPEGScans {
    /// Scans of the image.
    private(set) var count = 0
    private(set) var isProgressive = false
    /// Whether every component has its first coefficients in full. libjpeg smooths blocks where not, and its versions smooth differently.
    private(set) var isComplete = true

    /// The coefficients that smoothing looks at, in zigzag order.
    private static let smoothed = 10

    /// Walks the segments of `bytes`, which must be a JPEG.
    init(_ bytes: UnsafeRawBufferPointer) {
        /// Missing bits of each coefficient, by component; nil where no scan gave any.
        var missing: [UInt8: [Int?]] = [:]
        JPEGStructure.forEachSegment(of: bytes) { marker, segment in
            switch marker {
            case 0xC2:
                isProgressive = true
                guard segment.count > 5 else { return }
                for index in 0..<Int(segment[5]) where 6 + 3 * index < segment.count {
                    missing[segment[6 + 3 * index]] = [Int?](repeating: nil, count: Self.smoothed)
                }
            case 0xDA:
                count += 1
                guard let components = segment.first.map(Int.init), segment.count >= 4 + 2 * components else { return }
                let parameters = segment.dropFirst(1 + 2 * components)
                let first = Int(parameters[parameters.startIndex])
                let last = Int(parameters[parameters.startIndex + 1])
                let low = Int(parameters[parameters.startIndex + 2] & 15)
                guard first <= last else { return }
                for index in 0..<components {
                    for coefficient in first...last where coefficient < Self.smoothed {
                        missing[segment[1 + 2 * index]]?[coefficient] = low
                    }
                }
            default: break
            }
        }
        isComplete = !isProgressive || missing.values.allSatisfy { $0.allSatisfy { $0 == 0 } }
    }
}
