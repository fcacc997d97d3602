import CTIFF

/// YCbCr of eight bits turned into RGB by tables, which are Pillow's or libtiff's: both round, each in its way.
struct YCbCrColors {
    private let luma: [Int32]
    private let red: [Int32]
    private let blue: [Int32]
    /// What Cb and Cr add to green, times 2^`greenShift`.
    private let greenOfBlue: [Int32]
    private let greenOfRed: [Int32]
    private let greenShift: Int32

    /// Those of Pillow's `Convert.c`, of JPEG's coefficients, for what Pillow reads without libtiff.
    static let pillow = YCbCrColors()

    private init() {
        func table(_ factor: Double) -> [Int32] { (-128..<128).map { Int32(factor * 64 * Double($0) + 0.5) } }
        luma = Array(0..<256)
        red = table(1.402).map { $0 >> 6 }
        blue = table(1.772).map { $0 >> 6 }
        greenOfBlue = table(-0.34414)
        greenOfRed = table(-0.71414)
        greenShift = 6
    }

    /// libtiff's, by the file's coefficients and levels of black and white; nil where these make no colours.
    init?(_ tiff: OpaquePointer) {
        var coefficients = [Float](repeating: 0, count: 3)
        var levels = [Float](repeating: 0, count: 6)
        ctiff_floats(tiff, UInt32(TIFFTAG_YCBCRCOEFFICIENTS), &coefficients, 3)
        ctiff_floats(tiff, UInt32(TIFFTAG_REFERENCEBLACKWHITE), &levels, 6)
        let limit = Float(Int32.max)
        guard coefficients.allSatisfy({ !$0.isNaN }), coefficients[1] != 0, levels.allSatisfy({ $0 > 128 - limit && $0 < limit }) else {
            return nil
        }
        // libtiff puts its tables behind the structure: four of a byte, five of 32 bits, 256 entries each.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<TIFFYCbCrToRGB>.stride + 256 * (4 + 5 * 4), alignment: 16)
        defer { memory.deallocate() }
        let tables = memory.bindMemory(to: TIFFYCbCrToRGB.self, capacity: 1)
        guard TIFFYCbCrToRGBInit(tables, &coefficients, &levels) == 0 else { return nil }
        func copy(_ table: UnsafeMutablePointer<Int32>) -> [Int32] { Array(UnsafeBufferPointer(start: table, count: 256)) }
        luma = copy(tables.pointee.Y_tab)
        red = copy(tables.pointee.Cr_r_tab)
        blue = copy(tables.pointee.Cb_b_tab)
        greenOfBlue = copy(tables.pointee.Cb_g_tab)
        greenOfRed = copy(tables.pointee.Cr_g_tab)
        greenShift = 16
    }

    /// Turns Y, Cb, Cr and a byte of no meaning into R, G, B and a byte of no meaning, in place.
    func convertToRGB(_ pixels: UnsafeMutablePointer<UInt8>, pixelCount: Int) {
        for pixel in 0..<pixelCount {
            let color = pixels + 4 * pixel
            let (y, cb, cr) = (luma[Int(color[0])], Int(color[1]), Int(color[2]))
            color[0] = UInt8(clamping: y + red[cr])
            color[1] = UInt8(clamping: y + (greenOfBlue[cb] + greenOfRed[cr]) >> greenShift)
            color[2] = UInt8(clamping: y + blue[cb])
        }
    }
}
