import Diagnostics
import Foundation
import ImageInput
import ImageSources
import Testing

@Suite("Tar archives")
struct TarTests {
    private let fixture: SourceFixture
    private let long = String(repeating: "a-rather-long-folder-name/", count: 5) + "image.jpg"
    private let names: [String]

    init() throws {
        fixture = try SourceFixture()
        names = ["a/1.jpg", "a/2.JPEG", "b/é.png", "b/sub/3.jpg", "c/\(long)"]
        try fixture.writeImages(names, in: "tree")
    }

    @Test("Archives of every format have the manifest of the folder they were made of", arguments: ["gnu", "pax", "ustar", "oldgnu", "v7"])
    func formats(_ format: String) throws {
        // v7 has no names of more than 100 bytes.
        let members = format == "v7" ? ["a", "b"] : ["a", "b", "c"]
        if format == "v7" { try FileManager.default.removeItem(atPath: "\(fixture.path)/tree/c") }
        try fixture.run("tar", ["--create", "--format=\(format)", "--file=\(format).tar", "--directory=tree"] + members)
        let folder = try fixture.find("tree")
        let found = try fixture.find("\(format).tar")
        #expect(found.pairs == folder.pairs)
        #expect(found.manifest.classes == folder.manifest.classes)
        #expect(found.manifest.entries.map(\.hash) == folder.manifest.entries.map(\.hash))
        #expect(found.manifest.digest != folder.manifest.digest)
        let source = try ImageSource(root: "\(fixture.path)/\(format).tar")
        for entry in found.manifest.entries {
            #expect(try ContentHash(of: Array(source.read(entry.reference))) == entry.hash, "\(entry.path)")
        }
        #expect(try source.changes(since: found.manifest, labels: .classFolders, threads: 2).isEmpty)
    }

    @Test("A folder around everything is the root, for class folders and for a label list; dot folders and hard links are understood")
    func wrapped() throws {
        try fixture.run("tar", "--create", "--file=wrapped.tar", "tree")
        let wrapped = try fixture.find("wrapped.tar")
        #expect(wrapped.manifest.classes.map(\.name) == ["a", "b", "c"])
        #expect(wrapped.manifest.entries[0].path == "tree/a/1.jpg")
        #expect(wrapped.notices.count == 1 && wrapped.notices[0].contains("tree"))

        try fixture.run("ln", "tree/a/1.jpg", "tree/b/link.jpg")
        try fixture.run("ln", "-s", "1.jpg", "tree/a/symbolic.jpg")
        try fixture.run("tar", "--create", "--file=dotted.tar", "--directory=tree", ".")
        let dotted = try fixture.find("dotted.tar")
        let linked = try #require(dotted.manifest.entries.first { $0.path == "b/link.jpg" })
        #expect(linked.hash == dotted.manifest.entries.first { $0.path == "a/1.jpg" }?.hash)
        #expect(dotted.leftOut.lines == ["1 symbolic link in the archive (a/symbolic.jpg)"])

        try fixture.writeImages(["val_1.JPEG", "val_2.JPEG"], in: "flat")
        try fixture.write("labels.csv", text: "val_1.JPEG,3\nval_2.JPEG,0\n")
        try fixture.run("tar", "--create", "--file=flat.tar", "flat")
        let flat = try fixture.find("flat.tar", labels: .list(path: "\(fixture.path)/labels.csv", classNames: nil))
        #expect(flat.pairs == ["flat/val_1.JPEG 3", "flat/val_2.JPEG 0"])
        try fixture.write("whole.csv", text: "flat/val_1.JPEG,3\nflat/val_2.JPEG,0\n")
        #expect(try fixture.find("flat.tar", labels: .list(path: "\(fixture.path)/whole.csv", classNames: nil)).pairs == flat.pairs)
    }

    @Test("Images small and large, among much else, have their own hashes whatever the number of threads")
    func hashes() throws {
        let sizes = [0, 1, 511, 512, 513, 300_000, 5_000_000, 9_000_000] + (0..<120).map { 20_000 + 37 * $0 }
        for (index, size) in sizes.enumerated() {
            let name = String(format: "many/%03d.jpg", index)
            try fixture.write(name, Array("\(index) ".utf8) + [UInt8](repeating: UInt8(index), count: size) + Array("end".utf8))
            if index.isMultiple(of: 5) { try fixture.write(name + ".txt", [UInt8](repeating: 1, count: 700_000)) }
        }
        try fixture.run("ln", "many/000.jpg", "many/link.jpg")
        try fixture.run("tar", "--create", "--file=many.tar", "--sort=name", "many")
        let source = try ImageSource(root: "\(fixture.path)/many.tar")
        let manifests = try [1, 2, 7].map { try source.find(labels: .classFolders, threads: $0).findings.manifest }
        #expect(manifests[0] == manifests[1] && manifests[0] == manifests[2])
        #expect(manifests[0].entries.count == sizes.count + 1)
        for entry in manifests[0].entries {
            #expect(try ContentHash(of: fixture.bytes(of: entry.path)) == entry.hash, "\(entry.path)")
        }
        // What is wrong is what stands first in the archive, however far the threads are.
        var bytes = try fixture.bytes(of: "many.tar")
        for place in stride(from: bytes.count / 512 / 2 * 512, to: bytes.count, by: 512) { bytes[place + 148] = 0x39 }
        try fixture.write("damaged.tar", bytes)
        let failures = try [1, 2, 7].map { threads in
            try #require(throws: Failure.self) {
                try ImageSource(root: "\(fixture.path)/damaged.tar").find(labels: .classFolders, threads: threads)
            }
        }
        #expect(failures[0].code == .archiveDamaged && Set(failures.map(\.message)).count == 1)
    }

    @Test("Compressed archives, files that are none and empty ones are refused with what to do")
    func otherFormats() throws {
        try fixture.run("tar", "--create", "--file=good.tar", "tree")
        try fixture.run("gzip", "--keep", "good.tar")
        #expect(try fixture.failure("good.tar.gz").code == .archiveFormat)
        try fixture.run("mv", "good.tar.gz", "disguised.tar")
        let failure = try fixture.failure("disguised.tar")
        #expect(failure.code == .archiveFormat && failure.message.contains("gzip") && failure.remedy?.contains("gunzip") == true)
        try fixture.write("text.tar", text: String(repeating: "no archive ", count: 100))
        #expect(try fixture.failure("text.tar").message.contains("its first block is no tar header"))
        try fixture.write("empty.tar", [])
        #expect(try fixture.failure("empty.tar").message.contains("it is empty"))
        try fixture.write("zeros.tar", [UInt8](repeating: 0, count: 10240))
        #expect(try fixture.failure("zeros.tar").code == .dataSetEmpty)
        #expect(try fixture.failure("missing.tar").code == .sourceRoot)
    }

    @Test("An archive that is cut anywhere is refused as truncated")
    func truncated() throws {
        try fixture.run("tar", "--create", "--file=good.tar", "--blocking-factor=1", "--directory=tree", "a", "b")
        let good = try fixture.bytes(of: "good.tar")
        for cut in [good.count - 1024, good.count - 1500, 5 * 512, 512 + 100, 700, 4 * 512 - 1] {
            try fixture.write("cut.tar", Array(good.prefix(cut)))
            #expect(try fixture.failure("cut.tar").code == .archiveTruncated, "\(cut)")
        }
        // A lone block of zeros is an end, as tar itself has it.
        try fixture.write("lone.tar", Array(good.prefix(good.count - 512)))
        #expect(try fixture.find("lone.tar").manifest.entries.count == 4)
    }

    @Test("Damage, sparse files and archives joined by cat are refused")
    func damaged() throws {
        try fixture.run("tar", "--create", "--file=good.tar", "--directory=tree", "a", "b")
        let good = try fixture.bytes(of: "good.tar")
        var bad = good
        let second = try #require((1..<good.count / 512).first { good[$0 * 512..<$0 * 512 + 7].elementsEqual("a/1.jpg".utf8) })
        bad[second * 512 + 124] ^= 1
        try fixture.write("bad.tar", bad)
        #expect(try fixture.failure("bad.tar").code == .archiveDamaged)
        try fixture.write("joined.tar", good + good)
        let joined = try fixture.failure("joined.tar")
        #expect(joined.code == .archiveDamaged && joined.message.contains("cat"))
        try fixture.run("truncate", "--size=1M", "tree/a/holes.jpg")
        for format in ["gnu", "pax"] {
            try fixture.run("tar", "--create", "--sparse", "--format=\(format)", "--file=sparse.tar", "--directory=tree", "a")
            #expect(try fixture.failure("sparse.tar").code == .archiveSparse, "\(format)")
        }
    }

    @Test("What is no image, and names that lead out, are told and left out; of two images of one name the later counts")
    func leftOut() throws {
        try fixture.write("tree/a/notes.txt", text: "x")
        try fixture.write("tree/a/._1.jpg", text: "x")
        try fixture.run("tar", "--create", "--file=a.tar", "--directory=tree", "a", "b")
        try fixture.write("tree/a/1.jpg", fixture.jpeg("another"))
        try fixture.run("tar", "--append", "--file=a.tar", "--directory=tree", "a/1.jpg")
        try fixture.run("tar", "--append", "--file=a.tar", "--directory=tree", "--transform=s,^,../,", "a/2.JPEG")
        let found = try fixture.find("a.tar")
        #expect(found.manifest.entries.count == 4)
        #expect(found.manifest.entries[0].hash == ContentHash(of: fixture.jpeg("another")))
        #expect(
            Set(found.leftOut.lines) == [
                "1 file not named as an image (a/notes.txt)", "1 entry hidden or made by tools (a/._1.jpg)",
                "1 image that a later one of the same name replaces (a/1.jpg)",
                "1 file with a name that is not UTF-8 or leaves the archive (../a/2.JPEG)",
            ])
        #expect(found.formats.map(\.name) == ["JPEG"])
    }

    @Test("Names are taken as tar restores them, and images beside the class folders are told")
    func spelledNames() throws {
        try fixture.writeImages(["0.jpg"], in: "tree")
        try fixture.run(
            "tar", "--create", "--absolute-names", "--file=a.tar", "--transform=s,^tree/a,/tree//./a,", "--show-transformed-names",
            "tree/a",
            "tree/b", "tree/0.jpg")
        let found = try fixture.find("a.tar")
        #expect(found.pairs == ["tree/a/1.jpg 0", "tree/a/2.JPEG 0", "tree/b/é.png 1", "tree/b/sub/3.jpg 1"])
        #expect(found.leftOut.lines == ["1 file beside the class folders (0.jpg)"])
        try fixture.run("mkdir", "-p", "both/train", "both/val")
        try fixture.run("cp", "-r", "tree/a", "both/train/a")
        try fixture.run("cp", "-r", "tree/a", "both/val/a")
        try fixture.run("tar", "--create", "--file=both.tar", "--directory=both", "train", "val")
        let both = try fixture.failure("both.tar")
        #expect(both.message.contains("train and val") && both.remedy?.contains("Unpack") == true)
    }

    @Test("Verifying an archive finds what is missing, altered, moved and new")
    func changes() throws {
        try fixture.run("tar", "--create", "--file=a.tar", "--directory=tree", "a", "b")
        let manifest = try fixture.find("a.tar").manifest
        try fixture.run("rm", "tree/b/sub/3.jpg")
        try fixture.write("tree/a/1.jpg", fixture.jpeg("A/1.jpg"))
        try fixture.writeImages(["a/0.jpg"], in: "tree")
        try fixture.run("tar", "--create", "--file=a.tar", "--directory=tree", "--sort=name", "a", "b")
        let source = try ImageSource(root: "\(fixture.path)/a.tar")
        let changes = try source.changes(since: manifest, labels: .classFolders, threads: 1)
        #expect(
            changes.map { "\($0.kind) \($0.path)" } == [
                "altered a/1.jpg", "moved a/2.JPEG", "moved b/é.png", "missing b/sub/3.jpg", "added a/0.jpg",
            ])
    }
}
