import Diagnostics
import Foundation
import ImageInput
import Testing

@Suite("Data sets")
struct DataSetTests {
    private let folder: TemporaryFolder
    private let image: [UInt8]
    private var root: String { "\(folder.path)/images" }

    init() throws {
        folder = try TemporaryFolder()
        image = try GoldenPreprocessing.bytes(of: "tiny.jpg")
    }

    private func addImages(_ names: [String]) throws {
        for name in names { try folder.write("images/\(name)", image + Array(name.utf8)) }
    }

    private func build(_ labels: LabelSource, threads: Int = 2) throws -> ImageManifest {
        try ImageManifest.find(root: root, labels: labels, threads: threads).manifest
    }

    private func told(_ labels: LabelSource) throws -> (manifest: ImageManifest, notices: [String]) {
        let found = try ImageManifest.find(root: root, labels: labels, threads: 1)
        return (found.manifest, found.notices + found.leftOut.lines)
    }

    private func failure(_ labels: LabelSource) throws -> Failure {
        try #require(throws: Failure.self) { try build(labels) }
    }

    private func pairs(_ manifest: ImageManifest) -> [String] { manifest.entries.map { "\($0.path) \($0.label)" } }

    @Test("Class folders are numbered and files ordered as Python sorts them, at every number of threads")
    func classFolders() throws {
        try addImages([
            "b/2.jpg", "b/10.JPEG", "b/sub/1.png", "b/sub-x/0.jpg", "a/z.jpg", "Z/é.jpg", "Z/e\u{301}.jpg", "Z/f.jpg", "Z/notes.txt",
        ])
        let manifest = try build(.classFolders)
        #expect(manifest.classes.map(\.name) == ["Z", "a", "b"])
        #expect(
            pairs(manifest) == [
                "Z/e\u{301}.jpg 0", "Z/f.jpg 0", "Z/é.jpg 0", "a/z.jpg 1", "b/10.JPEG 2", "b/2.jpg 2", "b/sub/1.png 2", "b/sub-x/0.jpg 2",
            ])
        #expect(manifest.entries.map(\.ordinal) == Array(0..<8))
        let first = manifest.entries[3]
        #expect(first.hash == ContentHash(of: image + Array("a/z.jpg".utf8)))
        #expect(first.byteCount == image.count + 7)
        for threads in [1, 3, 16] { #expect(try build(.classFolders, threads: threads) == manifest) }
    }

    @Test("No class folder, and a class folder without images, are errors")
    func emptyFolders() throws {
        try addImages(["a.jpg"])
        #expect(try failure(.classFolders).code == .dataSetEmpty)
        try addImages(["a/1.jpg"])
        try folder.write("images/b/readme.txt", text: "no image")
        let failure = try failure(.classFolders)
        #expect(failure.code == .dataSetEmpty)
        #expect(failure.message.contains("1 class folder without an image (b)"))
    }

    @Test("A missing root and links that go round are refused; names that are not UTF-8 are left out and told")
    func badFolders() throws {
        #expect(try failure(.classFolders).code == .dataSetFolder)
        try addImages(["a/1.jpg"])
        try FileManager.default.createSymbolicLink(atPath: "\(root)/a/loop", withDestinationPath: "..")
        #expect(try failure(.classFolders).code == .dataSetLinkLoop)
        try FileManager.default.removeItem(atPath: "\(root)/a/loop")
        let descriptor = open("\(root)/a/", O_RDONLY)
        let name: [CChar] = [0x66, -1, 0x2E, 0x6A, 0x70, 0x67, 0]
        close(openat(descriptor, name, O_CREAT | O_WRONLY, 0o600))
        close(descriptor)
        let (manifest, notices) = try told(.classFolders)
        #expect(pairs(manifest) == ["a/1.jpg 0"])
        #expect(notices.count == 1 && notices[0].hasPrefix("1 name not in UTF-8"))
    }

    @Test("A link to a file counts as the file; a link to nothing and a pipe are left out; a file that may not be read is an error")
    func links() throws {
        try addImages(["a/1.jpg"])
        try FileManager.default.createSymbolicLink(atPath: "\(root)/a/2.jpg", withDestinationPath: "1.jpg")
        let manifest = try build(.classFolders)
        #expect(manifest.entries[0].hash == manifest.entries[1].hash)
        try FileManager.default.createSymbolicLink(atPath: "\(root)/a/3.jpg", withDestinationPath: "nothing")
        #expect(mkfifo("\(root)/a/4.jpg", 0o600) == 0)
        #expect(try told(.classFolders).notices == ["1 link to nothing (a/3.jpg)", "1 pipe or other special file (a/4.jpg)"])
        guard getuid() != 0 else { return }
        try addImages(["a/5.jpg"])
        #expect(chmod("\(root)/a/5.jpg", 0) == 0)
        let failure = try failure(.classFolders)
        #expect(failure.code == .dataSetFiles)
        #expect(failure.message.contains("1 files that cannot be read"))
    }

    @Test("A file whose name promises an image belongs to the data set, whatever is in it")
    func formats() throws {
        try addImages(["a/1.jpg", "a/really-jpeg.bmp"])
        try folder.write("images/a/empty.jpg", [])
        #expect(try build(.classFolders).entries.count == 3)
        try folder.write("images/a/2.webp", text: "GIF89a")
        let (manifest, notices) = try told(.classFolders)
        #expect(manifest.entries.count == 4)
        #expect(
            notices == [
                "2 images by name, with bytes of no format that is decoded, a failure in runs (a/2.webp: GIF, a/empty.jpg: unknown)"
            ])
    }

    @Test("A CSV of indices labels a flat folder, with or without header, extensions and class names")
    func indexList() throws {
        try addImages(["x.jpg", "y.jpg", "deep/z.png"])
        let plain = try folder.write("plain.csv", text: "y.jpg,2\nx,0\ndeep/z.png,1\n")
        let manifest = try build(.list(path: plain, classNames: nil))
        #expect(pairs(manifest) == ["deep/z.png 1", "x.jpg 0", "y.jpg 2"])
        #expect(manifest.classes.map(\.name) == ["0", "1", "2"])
        let headed = try folder.write("headed.csv", text: "\u{FEFF}filename,label\r\n\"y.jpg\",2\r\nx,0\r\n./deep/z.png,1\r\n")
        let names = try folder.write("names.txt", text: "tench, Tinca tinca\ngoldfish\nshark\nray\n")
        let named = try build(.list(path: headed, classNames: names))
        #expect(pairs(named) == pairs(manifest))
        #expect(named.classes.map(\.name) == ["tench, Tinca tinca", "goldfish", "shark", "ray"])
    }

    @Test("A CSV of class names numbers them in sorted order, or as the list of class names does")
    func nameList() throws {
        try addImages(["x.jpg", "y.jpg"])
        let list = try folder.write("list.csv", text: "x.jpg,\"tench, \"\"big\"\"\"\ny.jpg,shark\n")
        #expect(try pairs(build(.list(path: list, classNames: nil))) == ["x.jpg 1", "y.jpg 0"])
        let names = try folder.write("names.txt", text: "tench, \"big\"\nshark\n")
        #expect(try pairs(build(.list(path: list, classNames: names))) == ["x.jpg 0", "y.jpg 1"])
        let fewer = try folder.write("fewer.txt", text: "shark\n")
        #expect(try failure(.list(path: list, classNames: fewer)).message.contains("1 class name not known (line 1: tench"))
    }

    @Test("Names that differ in case or only in their Unicode spelling are different files")
    func similarNames() throws {
        try addImages(["X.jpg", "x.jpg", "\u{E9}.jpg", "e\u{301}.jpg"])
        let list = try folder.write("list.csv", text: "x.jpg,1\nX.jpg,0\n\u{E9}.jpg,3\ne\u{301}.jpg,2\n")
        let manifest = try build(.list(path: list, classNames: nil))
        #expect(manifest.entries.map { Array($0.path.utf8) } == ["X.jpg", "e\u{301}.jpg", "x.jpg", "\u{E9}.jpg"].map { Array($0.utf8) })
        #expect(manifest.entries.map(\.label) == [0, 2, 1, 3])
    }

    @Test("All that does not fit between a list and its files is told at once")
    func mismatches() throws {
        try addImages(["x.jpg", "x.png", "y.jpg", "alone.jpg", "z.jpg"])
        let list = try folder.write(
            "list.csv", text: "x.jpg,0\nx.png,0\nx,1\ny.jpg,7\nz.jpg,1\nz.jpg,1\ngone.jpg,1\n../x.jpg,1\n/x.jpg,1\n")
        let names = try folder.write("names.txt", text: "a\nb\n")
        let failure = try failure(.list(path: list, classNames: names))
        #expect(failure.code == .labelMismatch)
        for part in [
            "1 name of several files (line 3: x)", "1 label outside the 2 classes (line 4: 7)",
            "3 labels for a file that already has one (line 6: z.jpg, line 8: ../x.jpg, line 9: /x.jpg)",
            "1 label without a file (line 7: gone.jpg)", "1 file without a label (alone.jpg)",
        ] { #expect(failure.message.contains(part), "\(part)") }
    }

    @Test("A list that mixes indices and names, has other columns, or is no text is refused")
    func badLists() throws {
        try addImages(["x.jpg", "y.jpg"])
        for text in ["x.jpg,0\ny.jpg,cat\n", "x.jpg\ny.jpg\n", "x.jpg,0,1\ny.jpg,1,0\n", "\"x.jpg,0\ny.jpg,1\n", "\"x\"y,1\n"] {
            let list = try folder.write("list.csv", text: text)
            #expect(try failure(.list(path: list, classNames: nil)).code == .labelList, "\(text)")
        }
        let binary = try folder.write("binary.csv", [0x78, 0x2C, 0xFF, 0xFE])
        #expect(try failure(.list(path: binary, classNames: nil)).code == .labelList)
        #expect(try failure(.list(path: "\(folder.path)/missing.csv", classNames: nil)).code == .labelList)
        let negative = try folder.write("negative.csv", text: "x.jpg,-1\ny.jpg,99999999999\n")
        #expect(try failure(.list(path: negative, classNames: nil)).message.contains("2 labels outside the 0 classes"))
    }

    @Test("LOC_val_solution.csv gives the places of the sorted synsets")
    func localization() throws {
        try addImages(["ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG"])
        let synsets = try folder.write("LOC_synset_mapping.txt", text: "n02119789 kit fox\nn01440764 tench, Tinca tinca\n")
        let solution = try folder.write(
            "LOC_val_solution.csv",
            text:
                "ImageId,PredictionString\nILSVRC2012_val_00000002,n01440764 1 2 3 4 n01440764 5 6 7 8 \nILSVRC2012_val_00000001,n02119789 1 2 3 4 \n"
        )
        let manifest = try build(.localization(solution: solution, synsets: synsets))
        #expect(
            manifest.classes == [
                ImageClass(name: "n01440764", title: "tench, Tinca tinca"), ImageClass(name: "n02119789", title: "kit fox"),
            ])
        #expect(manifest.entries.map(\.label) == [1, 0])
        let unclear = try folder.write("unclear.csv", text: "ILSVRC2012_val_00000001,n01440764 1 2 3 4 n02119789 1 2 3 4\n")
        #expect(try failure(.localization(solution: unclear, synsets: synsets)).message.contains("1 row without one known synset"))
    }

    @Test("ILSVRC numbers need their table, and follow the number in the file's name")
    func groundTruth() throws {
        try addImages(["ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG", "ILSVRC2012_val_00000003.JPEG"])
        let numbers = try folder.write("ILSVRC2012_validation_ground_truth.txt", text: "2\n1\n3\n")
        let refused = try failure(.groundTruth(numbers: numbers, synsets: nil))
        #expect(refused.code == .labelNumbersUnexplained)
        #expect(refused.message.contains("0.1 %"))
        let table = try folder.write("meta.txt", text: "1 n02119789 kit fox\n2\tn02100735\n3,n01440764\n1860 n00001740 entity\n")
        let manifest = try build(.groundTruth(numbers: numbers, synsets: table))
        #expect(manifest.classes.map(\.name) == ["n01440764", "n02100735", "n02119789"])
        #expect(manifest.entries.map(\.label) == [1, 2, 0])
        try FileManager.default.removeItem(atPath: "\(root)/ILSVRC2012_val_00000002.JPEG")
        #expect(try failure(.groundTruth(numbers: numbers, synsets: table)).message.contains("1 label without a file (line 2)"))
        let outside = try folder.write("outside.txt", text: "2\n9\n3\n")
        #expect(try failure(.groundTruth(numbers: outside, synsets: table)).message.contains("1 line without a number of"))
    }

    @Test("The digest follows paths, labels, bytes and class names, and not the place of the root")
    func digest() throws {
        try addImages(["a/1.jpg", "b/2.jpg"])
        let manifest = try build(.classFolders)
        try FileManager.default.moveItem(atPath: root, toPath: "\(folder.path)/moved")
        let moved = try ImageManifest.find(root: "\(folder.path)/moved", labels: .classFolders, threads: 1).manifest
        #expect(moved.digest == manifest.digest)
        var text = "image manifest 1\nclasses 2\n1 a\n1 b\nimages 2\n"
        for entry in manifest.entries { text += "\(entry.label) \(entry.byteCount) \(entry.hash) 7 \(entry.path)\n" }
        #expect(manifest.digest == ContentHash(of: Array(text.utf8)))
        var entries = manifest.entries
        entries[0].label = 1
        #expect(ImageManifest(entries: entries, classes: manifest.classes).digest != manifest.digest)
    }

    @Test("Files that are gone, resized, altered or new since the manifest was made are found")
    func changes() throws {
        try addImages(["a/1.jpg", "a/2.jpg", "a/3.jpg", "a/4.jpg"])
        let manifest = try build(.classFolders)
        #expect(try manifest.changes(root: root, labels: .classFolders, comparing: .contents, threads: 2) == [])
        try FileManager.default.removeItem(atPath: "\(root)/a/1.jpg")
        try folder.write("images/a/2.jpg", image)
        var altered = image + Array("a/3.jpg".utf8)
        altered[100] ^= 1
        try folder.write("images/a/3.jpg", altered)
        try addImages(["a/5.jpg", "b/6.jpg"])
        let quick = [
            ManifestChange(kind: .missing, path: "a/1.jpg"), ManifestChange(kind: .resized, path: "a/2.jpg"),
            ManifestChange(kind: .added, path: "a/5.jpg"), ManifestChange(kind: .added, path: "b/6.jpg"),
        ]
        #expect(try manifest.changes(root: root, labels: .classFolders, comparing: .lengths, threads: 2) == quick)
        var thorough = quick
        thorough.insert(ManifestChange(kind: .altered, path: "a/3.jpg"), at: 2)
        #expect(try manifest.changes(root: root, labels: .classFolders, comparing: .contents, threads: 2) == thorough)
    }

    @Test("Progress rises to all files and bytes")
    func progress() throws {
        try addImages((0..<50).map { "a/\($0).jpg" })
        let seen = ProgressRecord()
        let manifest = try ImageManifest.find(root: root, labels: .classFolders, threads: 3) { seen.add($0) }.manifest
        #expect(seen.steps.map(\.files) == seen.steps.map(\.files).sorted())
        #expect(seen.steps.last?.files == 50)
        #expect(seen.steps.last?.totalFiles == 50)
        #expect(seen.steps.last?.bytes == manifest.entries.reduce(0) { $0 + $1.byteCount })
    }
}
