import Diagnostics
import ImageInput
import Testing

@Suite("Hostile image files")
struct HostileImageTests {
    private static let files = GoldenPreprocessing.cases.filter(\.ok).map(\.file).filter { $0 != "large.jpg" }

    @Test("A file cut anywhere before its end marker is refused", arguments: files)
    func truncations(file: String) throws {
        let bytes = try GoldenPreprocessing.bytes(of: file)
        let loader = ImageLoader(try Preprocessing(imageSize: 32))
        // A PNG is whole without its last chunk, 12 bytes.
        let tail = bytes[0] == 0x89 ? 13 : 1
        let lengths = Set(0..<64).union(stride(from: 64, to: bytes.count - tail, by: max(1, bytes.count / 60))).union([bytes.count - tail])
        for length in lengths.sorted() {
            #expect(throws: Failure.self, "\(length) of \(bytes.count) bytes") {
                try loader.load(bytes: Array(bytes.prefix(length)), name: file)
            }
        }
    }

    @Test("A file with changed bytes gives pixels or a failure that names it, never a crash", arguments: files)
    func changedBytes(file: String) throws {
        let bytes = try GoldenPreprocessing.bytes(of: file)
        let loader = ImageLoader(try Preprocessing(imageSize: 32, pixelLimit: 4_000_000))
        var random = SeededGenerator(seed: UInt64(bytes.count))
        for round in 0..<120 {
            var changed = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let end = round % 2 == 0 ? min(700, changed.count) : changed.count
                changed[Int.random(in: 0..<end, using: &random)] =
                    [0, 255, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
            }
            do {
                #expect(try loader.load(bytes: changed, name: file).pixels.count == 32 * 32 * 3)
            } catch let failure as Failure {
                #expect(failure.message.contains(file))
            }
        }
    }
}
