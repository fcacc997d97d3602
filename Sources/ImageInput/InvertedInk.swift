/// CMYK as JPEG files store it, 255 meaning no ink (Adobe's convention, which Pillow takes for every four-component JPEG).
enum InvertedInk {
    /// Turns C, M, Y, K into R, G, B and a byte of no meaning, in place. The arithmetic is that of Pillow's `Convert.c`.
    static func convertToRGB(_ pixels: UnsafeMutableRawPointer, pixelCount: Int) {
        let values = UnsafeMutableRawBufferPointer(start: pixels, count: pixelCount * 4)
        for pixel in 0..<pixelCount {
            let paper = Int32(values[4 * pixel + 3])
            for channel in 4 * pixel..<4 * pixel + 3 {
                let ink = 255 - Int32(values[channel])
                values[channel] = UInt8(max(0, paper - dividedBy255(ink * paper)))
            }
        }
    }

    /// `product / 255`, rounded, for products of two bytes.
    private static func dividedBy255(_ product: Int32) -> Int32 {
        let biased = product + 128
        return (biased + (biased >> 8)) >> 8
    }
}
