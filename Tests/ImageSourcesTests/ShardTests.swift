import Diagnostics
import Foundation
import ImageInput
import ImageSources
import Testing

@Suite("WebDataset shards")
struct ShardTests {
    private let fixture: SourceFixture

    init() throws {
        fixture = try SourceFixture()
    }

    /// Packs parts into a shard in their order.
    private func pack(_ shard: String, _ parts: [(name: String, bytes: [UInt8])]) throws {
        for part in parts { try fixture.write("parts/\(part.name)", part.bytes) }
        try fixture.run("tar", ["--create", "--file=\(shard)", "--directory=parts"] + parts.map(\.name))
        try FileManager.default.removeItem(atPath: "\(fixture.path)/parts")
    }

    private func sample(_ key: String, _ label: Int, suffix: String = "jpg") -> [(name: String, bytes: [UInt8])] {
        [(name: "\(key).\(suffix)", bytes: fixture.jpeg(key)), (name: "\(key).cls", bytes: Array("\(label)\n".utf8))]
    }

    @Test("Shards named by a pattern, and a folder of them, give images in their order with the labels beside them")
    func labels() throws {
        try pack("val-000000.tar", sample("000", 7) + sample("001", 0, suffix: "jpeg"))
        try pack(
            "val-000001.tar",
            sample("000", 3, suffix: "JPG") + [("x.json", Array(#"{"label": 5, "name": "n"}"#.utf8)), ("x.png", fixture.jpeg("x"))])
        let found = try fixture.find("val-{000000..000001}.tar")
        #expect(
            found.pairs == ["val-000000.tar/000.jpg 7", "val-000000.tar/001.jpeg 0", "val-000001.tar/000.JPG 3", "val-000001.tar/x.png 5"])
        #expect(found.manifest.classes.map(\.name) == (0..<8).map(String.init))
        #expect(try fixture.find("").manifest == found.manifest)
        let source = try ImageSource(root: fixture.path)
        for entry in found.manifest.entries { #expect(try ContentHash(of: Array(source.read(entry.reference))) == entry.hash) }
        #expect(try source.find(labels: .classFolders, threads: 1).hasOwnLabels)

        try fixture.write("names.txt", text: (0..<9).map { "class \($0)" }.joined(separator: "\n"))
        let named = try fixture.find("val-{000000..000001}.tar", classNames: "\(fixture.path)/names.txt")
        #expect(named.manifest.classes.last?.name == "class 8")
        try fixture.write("labels.csv", text: "000,1\n001,0\n")
        let listed = try fixture.find("val-000000.tar", labels: .list(path: "\(fixture.path)/labels.csv", classNames: nil))
        #expect(listed.pairs == ["000.jpg 1", "001.jpeg 0"])
    }

    @Test("What describes shards names a bounded number of them, in bounded memory")
    func hostileInfo() throws {
        try pack("a.tar", sample("a", 1))
        let many = (0..<300).map { "\"\($0)-{00000..99999}.tar\"" }.joined(separator: ",")
        let long = String(repeating: "x", count: 1_000_000)
        for names in [many, "\"{00000..99999}\(long)\"", "\"{\(String(repeating: "0", count: 1_000_000))..99999}\""] {
            try fixture.write("_info.json", text: "{\"splits\": {\"val\": {\"filenames\": [\(names)]}}}")
            let failure = try fixture.failure("")
            #expect([.archiveSamples, .sourceAddress].contains(failure.code) && failure.message.utf8.count < 500)
        }
    }

    @Test("Samples that cannot be understood are refused; images without labels and other parts are told")
    func unusable() throws {
        try pack("two.tar", sample("a", 1) + [("a.png", fixture.jpeg("b"))])
        #expect(try fixture.failure("two.tar").message.contains("several images"))
        try pack("text.tar", [("a.jpg", fixture.jpeg("a")), ("a.cls", Array("cat".utf8))])
        #expect(try fixture.failure("text.tar").code == .archiveSamples)
        try pack("part.tar", [("a.jpg", fixture.jpeg("a")), ("a.cls", Array("3.5".utf8))])
        #expect(try fixture.failure("part.tar").code == .archiveSamples)
        try pack("apart.tar", sample("a", 1) + [("a.json", Array(#"{"label": 2}"#.utf8))])
        #expect(try fixture.failure("apart.tar").message.contains("label 1 in a.cls and 2 in a.json"))
        try pack("some.tar", sample("a", 1) + [("b.jpg", fixture.jpeg("b")), ("a.txt", [1]), ("c.seg.png", fixture.jpeg("c"))])
        let found = try fixture.find("some.tar")
        #expect(found.pairs == ["a.jpg 1"])
        #expect(
            Set(found.leftOut.lines) == [
                "2 images without a label beside it (b.jpg, c.seg.png)", "1 file not named as an image (a.txt)",
            ])
    }

    @Test("Keys with dots and folders, suffixes in capitals, and labels as numbers, floats, texts and objects are understood")
    func spellings() throws {
        try pack(
            "odd.tar",
            sample("img.001", 4) + sample("v1.0/n01/img.2", 5, suffix: "png") + [
                ("a.JPG", fixture.jpeg("a")), ("a.CLS", Array("3.0\r\n".utf8)), ("b.jpg", fixture.jpeg("b")), ("b.json", Array("2".utf8)),
                ("c.jpg", fixture.jpeg("c")), ("c.json", Array(#"{"caption": "c", "label": "1"}"#.utf8)),
                ("d.jpg", fixture.jpeg("d")), ("d.json", Array(#"{"label": 0.0}"#.utf8)),
            ])
        #expect(
            try fixture.find("odd.tar").pairs == ["img.001.jpg 4", "v1.0/n01/img.2.png 5", "a.JPG 3", "b.jpg 2", "c.jpg 1", "d.jpg 0"])
        try fixture.write("_info.json", text: #"{"splits": {"val": {"filenames": ["dotted.tar"], "shard_lengths": [3]}}}"#)
        try pack("dotted.tar", sample("x.1", 0) + sample("x.2", 1) + [("y.jpg", fixture.jpeg("y")), ("y.seg.png", fixture.jpeg("z"))])
        try FileManager.default.removeItem(atPath: "\(fixture.path)/odd.tar")
        #expect(try fixture.find("").manifest.entries.count == 2)
    }

    @Test("Archives whose labels are no image's, or that have other parts than labels, are refused by what is there")
    func otherParts() throws {
        try pack("apart.tar", [("1.input.jpg", fixture.jpeg("a")), ("1.target.cls", Array("1".utf8))])
        let apart = try fixture.failure("apart.tar")
        #expect(apart.code == .archiveSamples && apart.message.contains("1.target.cls") && apart.remedy?.contains("--labels") == true)
        try pack("captions.tar", [("1.jpg", fixture.jpeg("a")), ("1.txt", Array("a cat".utf8))])
        #expect(try fixture.failure("captions.tar").message.contains("1 file not named as an image (1.txt)"))
    }

    @Test("_info.json names the shards of a folder, and a shard that lacks samples is noticed")
    func info() throws {
        try pack("v-0.tar", sample("000", 0) + sample("001", 1))
        try pack("v-1.tar", sample("002", 0))
        try pack("t-0.tar", sample("003", 0))
        let split = #""validation": {"filenames": ["v-{0..1}.tar"], "shard_lengths": [2, 1], "num_samples": 3}"#
        try fixture.write("_info.json", text: "{\"splits\": {\(split)}}")
        #expect(try fixture.find("").manifest.entries.count == 3)
        try fixture.write("_info.json", text: "{\"splits\": {\(split.replacing("[2, 1]", with: "[2, 2]"))}}")
        let short = try fixture.failure("")
        #expect(short.code == .archiveSamples && short.message.contains("has 1 sample, and _info.json beside it says 2"))
        #expect(try fixture.failure("v-{0..1}.tar").code == .archiveSamples)
        try fixture.write("_info.json", text: "{\"splits\": {\(split), \"train\": {\"filenames\": [\"t-0.tar\"]}}}")
        #expect(try fixture.failure("").message.contains("several splits: train, validation"))
        for text in [
            "[]", "{\"splits\": {\"a\": {\"filenames\": [\"../x.tar\"]}}}",
            "{\"splits\": {\"a\": {\"filenames\": [\"{0..1}.tar\"], \"shard_lengths\": [1]}}}",
        ] {
            try fixture.write("_info.json", text: text)
            #expect(try fixture.failure("").code == .archiveSamples, "\(text)")
        }
    }
}
