import Diagnostics
import Foundation
import ImageInput
import ImageSources
import TestSupport
import Testing

@Suite("Web servers", .enabled(if: PythonServer.isThere || servicesAreRequired))
struct WebTests {
    private let fixture: SourceFixture
    private let server: PythonServer
    private let names = (0..<6).map { "c\($0 % 2)/\($0).jpg" }

    init() throws {
        fixture = try SourceFixture()
        try fixture.writeImages(names, in: "tree")
        try fixture.run("tar", "--create", "--sort=name", "--file=s-0.tar", "--directory=tree", "c0")
        try fixture.run("tar", "--create", "--sort=name", "--file=s-1.tar", "--directory=tree", "c1")
        server = try PythonServer("fault_server.py", [fixture.path])
    }

    private var timing: WebTiming {
        var timing = WebTiming()
        timing.firstDelay = .milliseconds(1)
        timing.answer = .seconds(2)
        timing.attempts = 3
        return timing
    }

    private func source(_ mode: String, _ file: String = "s-{0..1}.tar") throws -> ImageSource {
        try ImageSource(root: "http://127.0.0.1:\(server.port)/\(mode)/\(file)", timing: timing)
    }

    private func requests() throws -> [String] {
        let log = try ImageSource(root: "http://127.0.0.1:\(server.port)/").read(ImageReference(path: "log", byteCount: 0))
        return String(decoding: log, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(
        "Archives are described and read by ranged requests, through failures, cuts, silence and redirects",
        arguments: [
            "plain", "late", "fail2", "cut1", "stall1", "there",
        ])
    func faults(_ mode: String) throws {
        let source = try source(mode)
        let found = try source.find(labels: .classFolders, threads: 2).findings
        #expect(found.manifest.entries.map(\.path) == [0, 2, 4].map { "s-0.tar/c0/\($0).jpg" } + [1, 3, 5].map { "s-1.tar/c1/\($0).jpg" })
        let local = try fixture.find("s-{0..1}.tar").manifest
        #expect(found.manifest == local)
        for entry in local.entries { #expect(try ContentHash(of: Array(source.read(entry.reference))) == entry.hash) }
        #expect(source.health() == nil)
        #expect(try requests().filter { $0.contains(".tar") }.allSatisfy { $0.contains("bytes=") })
    }

    @Test("Images that lie side by side are read together, each as it is")
    func merged() throws {
        let manifest = try fixture.find("s-{0..1}.tar").manifest
        let source = try source("plain")
        let prefetcher = ImagePrefetcher(source, manifest.entries.map(\.reference))
        for (index, entry) in manifest.entries.enumerated() {
            #expect(try ContentHash(of: Array(prefetcher.bytes(of: index))) == entry.hash)
        }
        // What a busy machine lets time out is asked for again.
        #expect(try Set(requests()).count == 2)
    }

    @Test("What a server refuses, lacks or cannot do is told with its address, and blames who is to blame")
    func refusals() throws {
        let entry = try fixture.find("s-{0..1}.tar").manifest.entries[4]
        func failure(_ mode: String) throws -> Failure {
            try #require(throws: Failure.self) { try source(mode).read(entry.reference) }
        }
        let busy = try failure("busy")
        #expect(busy.code == .sourceUnreachable && busy.recovery == .transient)
        #expect(busy.message.contains("/busy/s-1.tar") && busy.message.contains("503"))
        #expect(try failure("deny").code == .sourceForbidden)
        #expect(try failure("deny").recovery == .transient)
        #expect(try failure("whole").code == .sourceUnsuitable)
        #expect(try failure("round").message.contains("redirects more than"))
        #expect(try failure("file").message.contains("not safe"))
        #expect(try failure("short").code == .imageChanged)
        let missing = try #require(throws: Failure.self) {
            try source("plain", "t-{0..1}.tar").read(ImageReference(path: "x", place: .init(container: "t-0.tar", offset: 0), byteCount: 9))
        }
        #expect(missing.code == .imageUnreadable && missing.recovery == .permanent)
        #expect(try source("deny").health()?.code == .sourceForbidden)
        #expect(try source("plain", "t-{0..1}.tar").health()?.code == .sourceRoot)
        // Web servers seldom show a folder.
        #expect(try source("deny", "folder/").health() == nil)
        #expect(try ImageSource(root: "http://127.0.0.1:1/s-{0..1}.tar", timing: timing).health()?.code == .sourceUnreachable)
    }

    @Test("Altered bytes are noticed by their hash")
    func altered() throws {
        let entry = try fixture.find("s-{0..1}.tar").manifest.entries[0]
        let expected = ExpectedContents(byteCount: entry.byteCount, hash: entry.hash)
        let bytes = try source("altered").read(entry.reference)
        let loader = try ImageLoader(Preprocessing(imageSize: 8))
        let failure = try #require(throws: Failure.self) { try loader.load(bytes: bytes, name: "x", expected: expected) }
        #expect(failure.code == .imageChanged)
        #expect(throws: Never.self) {
            try loader.load(bytes: source("plain").read(entry.reference), name: "x", expected: expected)
        }
    }

    @Test("Loose images of a folder's manifest are read by their paths, percent-encoded")
    func loose() throws {
        try fixture.writeImages(["ü & +/100%.jpg"], in: "odd")
        let entry = try fixture.find("odd").manifest.entries[0]
        #expect(try ContentHash(of: Array(source("plain", "odd/").read(entry.reference))) == entry.hash)
    }

    @Test("While an image is computed the next ones are read already, each once")
    func prefetching() throws {
        try fixture.writeImages((0..<40).map { "c/\($0).jpg" }, in: "many")
        let manifest = try fixture.find("many").manifest
        let prefetcher = ImagePrefetcher(try source("late", "many/"), manifest.entries.map(\.reference))
        _ = try prefetcher.bytes(of: 0)
        let deadline = Date().addingTimeInterval(60)
        while try requests().count(where: { $0.contains("/late/") }) < 3 { try #require(Date() < deadline, "nothing is read ahead") }
        for index in 1..<40 { _ = try prefetcher.bytes(of: index) }
        #expect(try requests().count { $0.contains("/late/") } == 40)
    }
}
