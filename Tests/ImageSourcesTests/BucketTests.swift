import Diagnostics
import Foundation
import ImageInput
import ImageSources
import TestSupport
import Testing

@Suite("Object stores", .enabled(if: PythonServer.moto != nil || servicesAreRequired), .serialized)
struct BucketTests {
    private let fixture: SourceFixture
    private let server: PythonServer
    private let endpoint: String

    init() throws {
        fixture = try SourceFixture()
        let names = (0..<60).map { "c\($0 % 2)/\($0).jpg" } + ["c1/ü & + 100%.jpg"]
        try fixture.writeImages(names, in: "store/tree")
        try fixture.write("store/tree/c0/notes.txt", text: "x")
        try fixture.run("tar", "--create", "--file=store/shards.tar", "--directory=store/tree", "c0", "c1")
        server = try PythonServer(python: PythonServer.moto ?? "", "moto_store.py", ["\(fixture.path)/store"])
        endpoint = "http://127.0.0.1:\(server.port)"
        setenv("AWS_ACCESS_KEY_ID", "test", 1)
        setenv("AWS_SECRET_ACCESS_KEY", "test-secret", 1)
    }

    private func source(_ root: String) throws -> ImageSource {
        var timing = WebTiming()
        timing.firstDelay = .milliseconds(1)
        return try ImageSource(root: root, endpoint: endpoint, timing: timing)
    }

    @Test("Class folders of a bucket have the manifest of the folder they were copied from, through several pages")
    func folders() throws {
        let source = try source("s3://images/tree")
        #expect(source.health() == nil)
        let found = try source.find(labels: .classFolders, threads: 2).findings
        let local = try fixture.find("store/tree").manifest
        #expect(found.manifest == local)
        #expect(found.leftOut.lines == ["1 object not named as an image (c0/notes.txt)"])
        let prefetcher = ImagePrefetcher(source, local.entries.suffix(40).map(\.reference))
        for (index, entry) in local.entries.suffix(40).enumerated() {
            #expect(try ContentHash(of: Array(prefetcher.bytes(of: index))) == entry.hash, "\(entry.path)")
        }
        #expect(try source.changes(since: local, labels: .classFolders, threads: 2).isEmpty)
    }

    @Test("An archive in a bucket is described and read in place")
    func archive() throws {
        let source = try source("s3://images/shards.tar")
        let found = try source.find(labels: .classFolders, threads: 2).findings
        #expect(found.manifest == (try fixture.find("store/shards.tar").manifest))
        let entry = try #require(found.manifest.entries.last)
        #expect(try ContentHash(of: Array(source.read(entry.reference))) == entry.hash)
        #expect(source.address.description == "s3://images/shards.tar?endpoint=\(endpoint)")
        // The stored root alone leads there again.
        #expect(try ImageSource(root: source.address.description).health() == nil)
    }

    @Test("Missing buckets, prefixes and objects are told apart, and no failure has the secret in it")
    func missing() throws {
        let bucket = try #require(try source("s3://nothing/x").health())
        #expect(bucket.code == .sourceRoot && bucket.recovery == .transient)
        #expect(try source("s3://images/nothing").health()?.code == .sourceEmpty)
        let object = try #require(throws: Failure.self) {
            try source("s3://images/tree").read(ImageReference(path: "c0/x.jpg", byteCount: 1))
        }
        #expect(object.code == .imageUnreadable)
        let short = try #require(throws: Failure.self) {
            try source("s3://images/shards.tar").read(
                ImageReference(path: "x", place: .init(container: "", offset: 1 << 40), byteCount: 10))
        }
        #expect(short.code == .imageChanged)
        for failure in [bucket, object, short] { #expect(!failure.description.contains("test-secret")) }
    }
}
