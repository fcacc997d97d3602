import Diagnostics
import ImageInput
import Testing

@Suite("Progressive JPEGs and damaged ends")
struct ProgressiveTests {
    private let bytes: [UInt8]
    /// Where each scan begins.
    private let scans: [Int]

    init() throws {
        bytes = try GoldenPreprocessing.bytes(of: "progressive.jpg")
        scans = bytes.indices.dropLast().filter { [bytes] in bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
    }

    private func load(_ bytes: [UInt8]) throws -> LoadedImage {
        try ImageLoader(Preprocessing(imageSize: 64)).load(bytes: bytes, name: "made.jpg")
    }

    @Test("A progressive JPEG with missing scans is refused as such: decoders smooth differently")
    func missingScans() throws {
        #expect(try load(bytes).pixels.count == 64 * 64 * 3)
        for scan in scans.dropFirst() {
            let failure = try #require(throws: Failure.self) { try load(Array(bytes[..<scan]) + [0xFF, 0xD9]) }
            #expect(failure.message.contains("scans are missing"))
        }
    }

    @Test("More scans than any encoder writes are refused before they are decoded")
    func manyScans() throws {
        let end = bytes.count - 2
        let last = try #require(scans.last)
        var many = Array(bytes[..<end])
        for _ in 0..<200 { many += bytes[last..<end] }
        let failure = try #require(throws: Failure.self) { try load(many + [0xFF, 0xD9]) }
        #expect(failure.code == .imagePixelLimit)
        #expect(failure.message.contains("scans"))
    }

    @Test(
        "A JPEG whose end is overwritten by zeros is refused",
        arguments: ["baseline_420.jpg", "progressive.jpg", "s444.jpg", "optimized_restart.jpg"])
    func zeros(file: String) throws {
        let good = try GoldenPreprocessing.bytes(of: file)
        for count in [2, 100, good.count / 4, good.count / 2] {
            let damaged = Array(good.dropLast(count)) + [UInt8](repeating: 0, count: count)
            let failure = try #require(throws: Failure.self, "\(count) zeros") { try load(damaged) }
            #expect(failure.code == .imageTruncated)
        }
    }
}
