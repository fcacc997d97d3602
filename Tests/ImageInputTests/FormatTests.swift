import Diagnostics
import Foundation
import ImageInput
import Testing

@Suite("Formats of torchvision's ImageFolder")
struct FormatTests {
    static let files = [
        "palette.bmp", "gray.bmp", "rgb.bmp", "bits.bmp", "lossy.webp", "alpha.webp", "lossless.webp", "webp_in_disguise.JPEG",
        "deflate.tif",
        "lzw.tif", "plain.tiff", "gray.pgm", "rgb.ppm",
    ]

    private func load(_ bytes: [UInt8], size: Int = 64) throws -> LoadedImage {
        try ImageLoader(Preprocessing(imageSize: size)).load(bytes: bytes, name: "made")
    }

    /// The first row of an image of 8 x 8 pixels, which an input of 7 shows without resizing.
    private func firstRow(_ bytes: [UInt8]) throws -> [[UInt8]] {
        let pixels = try load(bytes, size: 7).pixels
        return (0..<7).map { Array(pixels[3 * $0..<3 * $0 + 3]) }
    }

    @Test("The pixels are Pillow's to the bit", arguments: files)
    func golden(file: String) throws {
        let expected = try #require(try GoldenPreprocessing.expectedPixels(of: "formats")["\(file)/64"])
        #expect(try load(GoldenPreprocessing.bytes(of: file, in: "formats")).pixels == expected)
    }

    @Test("A file cut anywhere is refused by its name", arguments: files)
    func truncated(file: String) throws {
        let bytes = try GoldenPreprocessing.bytes(of: file, in: "formats")
        let loader = ImageLoader(try Preprocessing(imageSize: 32))
        // The last row of a bitmap may lack its padding, and a TIFF its directory's end.
        for length in Array(0..<40) + Array(stride(from: 40, to: bytes.count - 16, by: 97)) {
            let failure = #expect(throws: Failure.self, "\(length) of \(bytes.count) bytes") {
                try loader.load(bytes: Array(bytes.prefix(length)), name: file)
            }
            #expect(failure?.message.contains(file) == true)
        }
    }

    @Test("A file with changed bytes gives pixels or a failure that names it, never a crash", arguments: files)
    func changed(file: String) throws {
        let bytes = try GoldenPreprocessing.bytes(of: file, in: "formats")
        let loader = ImageLoader(try Preprocessing(imageSize: 32, pixelLimit: 1_000_000))
        var random = SeededGenerator(seed: UInt64(bytes.count))
        for round in 0..<150 {
            var changed = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let end = round % 2 == 0 ? min(160, changed.count) : changed.count
                let place = Int.random(in: 0..<end, using: &random)
                changed[round % 4 == 3 ? bytes.count - 1 - place % min(300, bytes.count) : place] = UInt8.random(
                    in: 0...255, using: &random)
            }
            do {
                #expect(try loader.load(bytes: changed, name: file).pixels.count == 32 * 32 * 3)
            } catch let failure as Failure {
                #expect(failure.message.contains(file))
            }
        }
    }

    @Test("Portable maps as text, of few and of many levels, and with comments are Pillow's")
    func portableMaps() throws {
        let row = "0 1 2 3 4 5 6 7"
        let plain = "P2 # gray\n8 8\n# levels\n7\n" + Array(repeating: row, count: 8).joined(separator: "\n")
        #expect(try firstRow(Array(plain.utf8)).map { $0[0] } == [0, 36, 73, 109, 146, 182, 219])
        let levels: [UInt16] = [0, 1, 2, 10, 100, 500, 1000, 7]
        let wide = Array("P5 8 8 1000\n".utf8) + (0..<8).flatMap { _ in levels.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
        #expect(try firstRow(wide).map { $0[0] } == [0, 66, 131, 255, 255, 255, 255])
        let bits = Array("P4\n8 8\n".utf8) + [UInt8](repeating: 0b0101_0011, count: 8)
        #expect(try firstRow(bits).map { $0[0] } == [255, 0, 255, 0, 255, 255, 0])
        #expect(
            try firstRow(Array(("P1 8 8 " + String(repeating: "01010011", count: 8)).utf8)).map { $0[0] } == [255, 0, 255, 0, 255, 255, 0])
        for bad in ["P5 8 8 0\n", "P5 8 x 255\n", "P5 99999999999 8 255\n", "P2 8 8 7\n 9", "P5 8 8 255\n1"] {
            #expect(throws: Failure.self, "\(bad)") { try load(Array(bad.utf8)) }
        }
    }

    @Test("Bitmaps of 16 bits, in runs and with palettes of their own are Pillow's")
    func bitmaps() throws {
        let words: [UInt16] = [0, 1, 31, 32, 0x7FFF, 0x1234, 0x5555, 0]
        let fifteen = bitmap(bits: 16, data: (0..<8).flatMap { _ in words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } })
        #expect(
            try firstRow(fifteen) == [[0, 0, 0], [0, 0, 8], [0, 0, 255], [0, 8, 0], [255, 255, 255], [32, 139, 164], [172, 82, 172]])
        let palette: [UInt8] = [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0]
        let few = bitmap(bits: 8, colors: 3, palette: palette, data: (0..<8).flatMap { _ in [0, 1, 2, 3, 255, 2, 1, 0] })
        #expect(try firstRow(few) == [[3, 2, 1], [6, 5, 4], [9, 8, 7], [0, 0, 0], [0, 0, 0], [9, 8, 7], [6, 5, 4]])
        let runs = bitmap(
            bits: 8, compression: 1, colors: 3, palette: palette,
            data: (0..<8).flatMap { _ in [3, 1, 0, 3, 2, 0, 1, 0, 2, 2, 0, 0] } + [0, 1])
        #expect(try firstRow(runs) == [[6, 5, 4], [6, 5, 4], [6, 5, 4], [9, 8, 7], [3, 2, 1], [6, 5, 4], [9, 8, 7]])
        #expect(throws: Failure.self) { try load(bitmap(bits: 8, compression: 1, colors: 3, palette: palette, data: [3, 1, 0, 1])) }
    }

    private func bitmap(bits: UInt16, compression: UInt32 = 0, colors: UInt32 = 0, palette: [UInt8] = [], data: [UInt8]) -> [UInt8] {
        func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
            (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T(8 * $0)) }
        }
        let header =
            little(UInt32(40)) + little(UInt32(8)) + little(UInt32(8)) + little(UInt16(1)) + little(bits) + little(compression)
            + little(UInt32(data.count)) + little(UInt64(0)) + little(colors) + little(UInt32(0))
        return Array("BM".utf8) + little(UInt64(0)) + little(UInt32(54 + palette.count)) + header + palette + data
    }

    @Test("TIFFs of every combination of samples are Pillow's to the bit, or refused by what they are")
    func tiffSamples() throws {
        let golden = try GoldenPreprocessing.expectedPixels(of: "tiff")
        var count = 0
        for (key, bytes) in golden.sorted(by: { $0.key < $1.key }) {
            let name = String(key.drop { $0 != "/" }.dropFirst())
            if key.hasPrefix("file/") {
                let expected = try #require(golden["pixels/\(name)"])
                let size = Int(Double(expected.count / 3).squareRoot())
                #expect(try load(bytes, size: size).pixels == expected, "\(name)")
                count += 1
            } else if key.hasPrefix("refused/") {
                let failure = try #require(throws: Failure.self, "\(name)") { try load(bytes, size: 7) }
                #expect(failure.message.contains("TIFF") && failure.remedy != nil, "\(name)")
            }
        }
        #expect(count > 190)
    }

    @Test(
        "What is no image that is decoded is refused by what it is",
        arguments: [
            ("GIF89a and so on", "GIF"), ("\0\0\0\u{18}ftypheic and so on", "HEIC"), ("\0\0\0\u{18}ftypavif and so on", "AVIF"),
            ("\0\0\0\u{C}jP  and so on and on", "JPEG 2000"), ("8BPS and so on", "PSD"), ("<!DOCTYPE html><html>", "HTML"),
            ("version https://git-lfs.github.com/spec/v1", "Git LFS"), ("and so on", "no image format"), ("", "empty"),
        ])
    func otherFormats(text: String, what: String) throws {
        let failure = try #require(throws: Failure.self) { try load(Array(text.utf8)) }
        #expect(failure.code == .imageFormat)
        #expect(failure.message.contains(what))
    }
}
