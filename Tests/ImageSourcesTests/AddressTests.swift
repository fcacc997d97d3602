import Diagnostics
import Foundation
import ImageInput
import ImageSources
import Testing

@Suite("Roots and references")
struct AddressTests {
    private func failure(_ text: String) throws -> Failure {
        try #require(throws: Failure.self, "\(text)") { try SourceAddress(text) }
    }

    @Test("Patterns stand for archives in their order; what is stored gives the same address again")
    func patterns() throws {
        let shards = try SourceAddress("https://Example.org/data/val-{000000..000002}.tar")
        #expect(shards.base == "https://example.org/data")
        #expect(shards.archives == ["val-000000.tar", "val-000001.tar", "val-000002.tar"])
        #expect(try SourceAddress("s3://bucket/a/{b,c}{8..10}.tar").archives == ["b8", "b9", "b10", "c8", "c9", "c10"].map { "\($0).tar" })
        for text in [
            "/data/val", "/data/val.tar", "/data/x-{0..3}.tar", "https://example.org/data/val.tar", "https://example.org/data/",
            "s3://bucket/prefix", "s3://bucket", "s3://bucket/x-{0..3}.tar?endpoint=http://127.0.0.1:9000",
        ] {
            let address = try SourceAddress(text)
            #expect(address.description == text)
            #expect(try SourceAddress(address.description) == address)
        }
        #expect(try SourceAddress("file:///data/a%20b").description == "/data/a b")
        #expect(
            try SourceAddress("s3://bucket/prefix/", endpoint: "http://127.0.0.1:9000/").scheme == .s3(endpoint: "http://127.0.0.1:9000"))
        #expect(try SourceAddress("/data/val.tar").suggestedName == "val")
        #expect(try SourceAddress("s3://bucket/imagenet/val").suggestedName == "val")
    }

    @Test("Addresses with secrets are refused, without repeating them")
    func secrets() throws {
        for text in [
            "https://user:hunter2@example.org/x.tar", "https://example.org/x.tar?X-Amz-Signature=hunter2", "s3://bucket/x?token=hunter2",
            "https://example.org/x.tar#hunter2", "s3://bucket/x?endpoint=https://me:hunter2@example.org",
            "https://user:hunter2", "s3://bucket/x?endpoint=https://user:hunter2/y",
        ] {
            let failure = try failure(text)
            #expect(failure.code == .sourceAddress)
            #expect(!failure.description.contains("hunter2"), "\(failure)")
        }
    }

    @Test("Patterns without end, other schemes and compressed archives are refused")
    func unusable() throws {
        for text in [
            "/data/{0..99999999}.tar", "/data/{0..9}{0..9999}{0..9999}.tar", "/data/x-{0..3.tar", "/data/x-0..3}.tar", "/data/{a..b}.tar",
            "/data/{3..1}.tar", "/data/{a,a}.tar", "/data/{a,b}.txt", "/data/{../../etc/a,b}.tar", "ftp://example.org/x.tar",
            "https:///x.tar",
            "https://example.org/a/../x-{0..1}.tar", "s3://", "s3://a", "s3://bucket with blanks/x",
        ] {
            #expect(try failure(text).code == .sourceAddress, "\(text)")
        }
        for text in ["/data/x.tar.gz", "/data/x.tgz", "https://example.org/x.tar.zst", "s3://bucket/x-{0..3}.tar.xz"] {
            #expect(try failure(text).code == .archiveFormat, "\(text)")
        }
    }

    @Test("A reference that leaves the root is refused, whether something is there or not")
    func references() throws {
        let fixture = try SourceFixture()
        try fixture.write("secret.jpg", fixture.jpeg("secret"))
        try fixture.writeImages(["a/1.jpg"], in: "tree")
        try fixture.run("tar", "--create", "--file=tree/x.tar", "--directory=tree", "a")
        let source = try ImageSource(root: "\(fixture.path)/tree")
        func failure(_ reference: ImageReference) throws -> String {
            let failure = try #require(throws: Failure.self) { try source.read(reference) }
            #expect(failure.code == .imageReference && failure.recovery == .permanent)
            return failure.message
        }
        for path in ["../secret.jpg", "a/../../secret.jpg", "/etc/passwd", "", ".", "a//1.jpg", "a/./1.jpg", "a/1.jpg\0"] {
            _ = try failure(ImageReference(path: path, byteCount: 100))
        }
        let there = try failure(ImageReference(path: "../secret.jpg", byteCount: 1))
        let absent = try failure(ImageReference(path: "../absent.jpg", byteCount: 1))
        #expect(there.replacing("secret", with: "absent") == absent)
        for container in ["../secret.jpg", "/etc/passwd", "a/.."] {
            _ = try failure(ImageReference(path: "x", place: .init(container: container, offset: 0), byteCount: 10))
        }
        _ = try failure(ImageReference(path: "x", place: .init(container: "x.tar", offset: -1), byteCount: 10))
        _ = try failure(ImageReference(path: "x", place: .init(container: "x.tar", offset: .max), byteCount: 10))
        let behind = try #require(throws: Failure.self) {
            try source.read(ImageReference(path: "x", place: .init(container: "x.tar", offset: 1 << 40), byteCount: 10))
        }
        #expect(behind.code == .imageChanged)
        // Read ahead, each is told by itself.
        let prefetcher = ImagePrefetcher(
            source, [ImageReference(path: "a/1.jpg", byteCount: 5), ImageReference(path: "../secret.jpg", byteCount: 5)])
        #expect(throws: Never.self) { try prefetcher.bytes(of: 0) }
        #expect(throws: Failure.self) { try prefetcher.bytes(of: 1) }
    }

    @Test("A root that is missing or empty is the machine's fault, and one with images is well")
    func health() throws {
        let fixture = try SourceFixture()
        try fixture.writeImages(["a/1.jpg"], in: "tree")
        try FileManager.default.createDirectory(atPath: "\(fixture.path)/empty", withIntermediateDirectories: true)
        func health(_ root: String) throws -> Failure? { try ImageSource(root: "\(fixture.path)/\(root)").health() }
        #expect(try health("tree") == nil)
        #expect(try health("absent")?.code == .sourceRoot)
        #expect(try health("absent.tar")?.code == .sourceRoot)
        let empty = try #require(try health("empty"))
        #expect(empty.code == .sourceEmpty && empty.recovery == .transient)
        #expect(throws: Failure.self) { try fixture.find("empty") }
    }
}
