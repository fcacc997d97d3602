import Diagnostics
import Foundation
import ImageInput
import Testing

@Suite("Reading image files")
struct ImageFileTests {
    private func failureCode(loading path: String, expected: ExpectedContents? = nil, limit: Int = 1 << 20) throws -> Failure.Code {
        try #require(throws: Failure.self) {
            try ImageLoader(Preprocessing(imageSize: 8), fileSizeLimit: limit).load(path: path, expected: expected)
        }.code
    }

    @Test("A missing file, a folder, a pipe, a device and too large a file are refused at once, each with its own code")
    func notRegular() throws {
        let folder = try TemporaryFolder()
        #expect(try failureCode(loading: "\(folder.path)/missing.jpg") == .imageUnreadable)
        #expect(try failureCode(loading: folder.path) == .imageNotRegularFile)
        #expect(mkfifo("\(folder.path)/pipe.jpg", 0o600) == 0)
        #expect(try failureCode(loading: "\(folder.path)/pipe.jpg") == .imageNotRegularFile)
        #expect(try failureCode(loading: "/dev/zero") == .imageNotRegularFile)
        #expect(try failureCode(loading: GoldenPreprocessing.path(of: "s444.jpg"), limit: 1000) == .imageFileTooLarge)
    }

    @Test("A file whose bytes are not the expected ones is refused, and the right ones are hashed")
    func changed() throws {
        let path = GoldenPreprocessing.path(of: "s444.jpg")
        let bytes = try GoldenPreprocessing.bytes(of: "s444.jpg")
        let right = ExpectedContents(byteCount: bytes.count, hash: ContentHash(of: bytes))
        let loader = ImageLoader(try Preprocessing(imageSize: 8))
        #expect(try loader.load(path: path, expected: right).hash == right.hash)
        #expect(try loader.load(path: path).hash == nil)
        #expect(try failureCode(loading: path, expected: ExpectedContents(byteCount: bytes.count - 1, hash: right.hash)) == .imageChanged)
        #expect(
            try failureCode(loading: path, expected: ExpectedContents(byteCount: bytes.count, hash: ContentHash(of: []))) == .imageChanged)
    }

    @Test("A hash is written and read as 64 hexadecimal digits")
    func hashText() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(ContentHash(of: []).description == empty)
        #expect(ContentHash(hexadecimal: empty) == ContentHash(of: []))
        #expect(ContentHash(hexadecimal: empty.uppercased()) == ContentHash(of: []))
        #expect(ContentHash(hexadecimal: String(empty.dropLast())) == nil)
        #expect(ContentHash(hexadecimal: String(empty.dropLast()) + "g") == nil)
        #expect(ContentHash(bytes: ContentHash(of: []).bytes) == ContentHash(of: []))
    }

    @Test("Decoding and preprocessing cost at most 1.5 times the decompression and 3 ms")
    func speed() throws {
        let benchmark = try PreprocessBenchmark.measure(
            path: GoldenPreprocessing.path(of: "baseline_420.jpg"), preprocessing: Preprocessing(imageSize: 224), rounds: 30)
        #expect(benchmark.wholeMicroseconds <= 1.5 * benchmark.decompressMicroseconds + 3000, "\(benchmark)")
    }
}
