import Diagnostics
import ImageInput
import Testing

@Suite("Decoding")
struct DecodingTests {
    /// The first row of an image of 8 x 8 pixels, seen through an input of 7 that does not resize it: 8 = int(256 / 224 * 7), and the crop
    /// begins at 0 because half a pixel rounds to even.
    private func firstRow(_ file: [UInt8]) throws -> [[UInt8]] {
        let image = try ImageLoader(Preprocessing(imageSize: 7)).load(bytes: file, name: "made.png")
        return (0..<7).map { Array(image.pixels[3 * $0..<3 * $0 + 3]) }
    }

    private func grays(_ values: [UInt8]) -> [[UInt8]] { values.map { [$0, $0, $0] } }

    private func png(depth: Int, colorType: Int, row: [UInt8], chunks: [(String, [UInt8])] = []) -> [UInt8] {
        PNGWriter(width: 8, height: 8, depth: depth, colorType: colorType, chunks: chunks.map { (name: $0.0, content: $0.1) })
            .file(rows: Array(repeating: row, count: 8))
    }

    @Test("Gray PNG of 1, 2 and 4 bits is stretched to bytes")
    func shallowGray() throws {
        #expect(try firstRow(png(depth: 1, colorType: 0, row: [0b0101_1010])) == grays([0, 255, 0, 255, 255, 0, 255]))
        #expect(try firstRow(png(depth: 2, colorType: 0, row: [0b0001_1011, 0b0001_1011])) == grays([0, 85, 170, 255, 0, 85, 170]))
        #expect(try firstRow(png(depth: 4, colorType: 0, row: [0x01, 0x2F, 0x80, 0x00])) == grays([0, 17, 34, 255, 136, 0, 0]))
    }

    @Test("16-bit PNG keeps its high bytes, but gray without alpha is clipped, as Pillow does")
    func deepSamples() throws {
        let values: [UInt16] = [0, 1, 255, 256, 257, 32768, 65535, 511]
        let pairs = values.map { [UInt8($0 >> 8), UInt8($0 & 255)] }
        #expect(try firstRow(png(depth: 16, colorType: 0, row: pairs.flatMap { $0 })) == grays([0, 1, 255, 255, 255, 255, 255]))
        let high = grays([0, 0, 0, 1, 1, 128, 255])
        #expect(try firstRow(png(depth: 16, colorType: 2, row: pairs.flatMap { $0 + $0 + $0 })) == high)
        #expect(try firstRow(png(depth: 16, colorType: 4, row: pairs.flatMap { $0 + [9, 9] })) == high)
        #expect(try firstRow(png(depth: 16, colorType: 6, row: pairs.flatMap { $0 + $0 + $0 + [9, 9] })) == high)
    }

    @Test("Alpha and transparent colours of a PNG are dropped, not blended, and gamma is not applied")
    func alphaAndGamma() throws {
        let gamma: [(String, [UInt8])] = [("gAMA", [0, 1, 0x86, 0xA0])]
        let row: [UInt8] = [9, 8, 7, 0, 200, 100, 50, 128] + [UInt8](repeating: 1, count: 24)
        let seen = try firstRow(png(depth: 8, colorType: 6, row: row, chunks: gamma))
        #expect(Array(seen.prefix(3)) == [[9, 8, 7], [200, 100, 50], [1, 1, 1]])
        let gray = try firstRow(png(depth: 8, colorType: 0, row: Array(0..<8), chunks: gamma + [("tRNS", [0, 3])]))
        #expect(gray == grays(Array(0..<7)))
    }

    @Test("Palette entries that the palette lacks are black")
    func shortPalette() throws {
        let seen = try firstRow(png(depth: 8, colorType: 3, row: Array(0..<8), chunks: [("PLTE", [9, 8, 7, 6, 5, 4])]))
        #expect(seen == [[9, 8, 7], [6, 5, 4]] + Array(repeating: [0, 0, 0], count: 5))
    }

    @Test("A PNG with a wrong checksum, and one cut short, are refused")
    func damagedPNG() throws {
        let rows = Array(repeating: [UInt8](repeating: 5, count: 24), count: 8)
        let good = PNGWriter(width: 8, height: 8, depth: 8, colorType: 2)
        let loader = ImageLoader(try Preprocessing(imageSize: 7))
        var bad = good
        bad.breaksDataChecksum = true
        #expect(throws: Failure.self) { try loader.load(bytes: bad.file(rows: rows), name: "x") }
        let cut = try #require(throws: Failure.self) { try loader.load(bytes: good.file(rows: rows).dropLast(40), name: "x") }
        #expect(cut.code == .imageTruncated)
        let rowsMissing = try #require(throws: Failure.self) { try loader.load(bytes: good.file(rows: rows.dropLast()), name: "x") }
        #expect(rowsMissing.code == .imageCorrupt)
    }

    @Test("A PNG that declares more pixels than the limit is refused by its header alone")
    func bombPNG() throws {
        var file = PNGWriter(width: 1, height: 1, depth: 8, colorType: 0).file(rows: [[0]])
        file.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
        let failure = try #require(throws: Failure.self) {
            try ImageLoader(Preprocessing(imageSize: 7)).load(bytes: file, name: "bomb.png")
        }
        #expect(failure.code == .imagePixelLimit)
    }

    @Test("A file of which only the first bytes are there is refused by its format's name")
    func firstBytes() throws {
        let starts: [(String, [UInt8])] = [
            ("WebP", Array("RIFF....WEBPVP8 ".utf8)), ("GIF", Array("GIF89a".utf8)), ("BMP", Array("BM......".utf8)),
            ("TIFF", [0x49, 0x49, 0x2A, 0]), ("portable map", Array("P6 8 8".utf8)),
        ]
        for (format, bytes) in starts {
            let failure = try #require(throws: Failure.self) {
                try ImageLoader(Preprocessing(imageSize: 7)).load(bytes: bytes, name: "x.jpg")
            }
            #expect(failure.message.contains(format), "\(failure.message)")
        }
    }

    @Test("Bytes behind the end of a JPEG, and padding before its markers, are passed over")
    func harmlessBytes() throws {
        let loader = ImageLoader(try Preprocessing(imageSize: 64))
        let good = try GoldenPreprocessing.bytes(of: "s444.jpg")
        let pixels = try loader.load(bytes: good, name: "good").pixels
        #expect(try loader.load(bytes: good + [1, 2, 3, 0xFF], name: "tail").pixels == pixels)
        #expect(try loader.load(bytes: good.prefix(2) + [0xFF, 0xFF] + good.dropFirst(2), name: "padding").pixels == pixels)
    }

    @Test("Damaged image data that Pillow passes over is decoded with a warning, and a fatal error after a warning is still an error")
    func warnings() throws {
        let loader = ImageLoader(try Preprocessing(imageSize: 64))
        let good = try GoldenPreprocessing.bytes(of: "baseline_420.jpg")
        #expect(try loader.load(bytes: good, name: "good").decoderWarning == nil)
        let early = Array(good.prefix(20_000)) + [0xFF, 0xD9]
        #expect(try loader.load(bytes: early, name: "early end").decoderWarning != nil)
        let start = try #require(good.indices.first { good[$0] == 0xFF && good[$0 + 1] == 0xDB })
        var withoutTable = good
        withoutTable[start + 4] = 3
        withoutTable.insert(contentsOf: [1, 2, 3], at: start)
        let failure = try #require(throws: Failure.self) { try loader.load(bytes: withoutTable, name: "no table") }
        #expect(failure.code == .imageCorrupt)
    }

    @Test("A JPEG is never decoded with the tables of the image before it")
    func noLeftovers() throws {
        let loader = ImageLoader(try Preprocessing(imageSize: 64))
        let good = try GoldenPreprocessing.bytes(of: "s444.jpg")
        let pixels = try loader.load(bytes: good, name: "good").pixels
        var badTable = good
        let huffman = try #require(good.indices.first { good[$0] == 0xFF && good[$0 + 1] == 0xC4 })
        for place in huffman + 5..<huffman + 21 { badTable[place] = 255 }
        #expect(throws: Failure.self) { try loader.load(bytes: badTable, name: "bad table") }
        #expect(try loader.load(bytes: good, name: "good").pixels == pixels)
    }
}
