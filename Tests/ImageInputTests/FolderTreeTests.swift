import Diagnostics
import Foundation
import ImageInput
import Testing

@Suite("Folders of images made to mislead, or by other tools")
struct FolderTreeTests {
    private let folder: TemporaryFolder
    private let image: [UInt8]
    private var root: String { "\(folder.path)/images" }

    init() throws {
        folder = try TemporaryFolder()
        image = try GoldenPreprocessing.bytes(of: "tiny.jpg")
    }

    private func build(_ labels: LabelSource = .classFolders) throws -> (
        paths: [String], classes: [String], labels: [Int], notices: [String], leftOut: [String]
    ) {
        let found = try ImageManifest.find(root: root, labels: labels, threads: 1)
        let manifest = found.manifest
        return (
            manifest.entries.map(\.path), manifest.classes.map(\.name), manifest.entries.map(\.label), found.notices, found.leftOut.lines
        )
    }

    @Test("A diamond of links with 2^21 ways through it is walked once")
    func diamond() throws {
        try folder.write("images/a/level21/x.jpg", image)
        for level in 0..<21 {
            try FileManager.default.createDirectory(atPath: "\(root)/a/level\(level)", withIntermediateDirectories: true)
            for way in ["left", "right"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(root)/a/level\(level)/\(way)", withDestinationPath: "../level\(level + 1)")
            }
        }
        let found = try build()
        #expect(found.paths.count == 1)
        #expect(found.leftOut.contains { $0.contains("links to a folder that is listed already") })
    }

    @Test("Class folders that are links to one folder list no more files than a bound allows")
    func linkedClasses() throws {
        for name in ["x", "y", "z"] { try folder.write("images/a/\(name).jpg", image) }
        for name in ["b", "c"] { try FileManager.default.createSymbolicLink(atPath: "\(root)/\(name)", withDestinationPath: "a") }
        #expect(try build().labels == [0, 0, 0, 1, 1, 1, 2, 2, 2])
        var listing = FolderListing(root: root, fileLimit: 8)
        for name in ["a", "b"] { #expect(try listing.imageFiles(below: name).count == 3) }
        #expect(try #require(throws: Failure.self) { try listing.imageFiles(below: "c") }.message.contains("more than 8 image files"))
    }

    @Test("Links out of the root are followed and told")
    func outside() throws {
        try folder.write("elsewhere/x.jpg", image)
        try folder.write("images/a/y.jpg", image)
        try FileManager.default.createSymbolicLink(atPath: "\(root)/a/there", withDestinationPath: "../../elsewhere")
        let found = try build()
        #expect(found.paths == ["a/y.jpg", "a/there/x.jpg"])
        #expect(found.notices == ["1 link out of the folder, followed (a/there)"])
    }

    @Test("A file too large for an image is left out and told, before any of it is read")
    func large() throws {
        try folder.write("images/a/y.jpg", image)
        #expect(FileManager.default.createFile(atPath: "\(root)/a/x.jpg", contents: nil))
        #expect(truncate("\(root)/a/x.jpg", 1 << 40) == 0)
        let found = try build()
        #expect(found.paths == ["a/y.jpg"])
        #expect(found.leftOut == ["1 image of more than 256 MiB (a/x.jpg)"])
        #expect(throws: Failure.self) { try ImageLoader(Preprocessing(imageSize: 7)).load(path: "\(root)/a/x.jpg") }
    }

    @Test("Folders of tools are told and are no classes; parts of a data set are refused")
    func toolFolders() throws {
        let tools = [
            ".ipynb_checkpoints/3.jpg", "__MACOSX/4.jpg", "@eaDir/5.jpg", "lost+found/6.jpg", "a/.ipynb_checkpoints/7.jpg", "a/._1.jpg",
        ]
        for name in ["a/1.jpg", "b/2.jpg", "b/notes.txt", "readme.txt"] + tools { try folder.write("images/\(name)", image) }
        let found = try build()
        #expect(found.classes == ["a", "b"])
        #expect(found.paths == ["a/1.jpg", "b/2.jpg"])
        #expect(
            found.leftOut == [
                "6 entries hidden or made by tools (.ipynb_checkpoints, @eaDir, __MACOSX, ...)",
                "1 file beside the class folders (readme.txt)", "1 file not named as an image (b/notes.txt)",
            ])
        try FileManager.default.removeItem(atPath: root)
        try folder.write("images/train/a/1.jpg", image)
        try folder.write("images/val/a/1.jpg", image)
        #expect(try #require(throws: Failure.self) { try build() }.remedy?.contains("images/val") == true)
    }

    @Test("Folders of some synsets are numbered among all of them, or as a class map says")
    func subset() throws {
        for name in ["n01440764", "n02119789"] { try folder.write("images/\(name)/x.jpg", image) }
        let synsets = try folder.write("synsets.txt", text: "n02119789 kit fox\nn01440764 tench\nn02100735 English setter\n")
        let all = try build(.orderedFolders(.synsets(synsets)))
        #expect(all.classes == ["n01440764", "n02100735", "n02119789"] && all.labels == [0, 2])
        #expect(all.notices == ["the folders are 2 of the 3 classes"])
        let map = try folder.write("map.txt", text: "n01440764 4\nn02119789 1\n")
        let mapped = try build(.orderedFolders(.map(map)))
        #expect(mapped.classes == ["0", "n02119789", "2", "3", "n01440764"] && mapped.labels == [4, 1])
        try folder.write("images/n99999999/x.jpg", image)
        let refused = try #require(throws: Failure.self) { try build(.orderedFolders(.synsets(synsets))) }
        #expect(refused.message.contains("1 class folder that the list of classes does not have (n99999999)"))
    }

    @Test("Class folders that are numbers stand as text, with a notice, or as numbers, or as a list orders them")
    func numbers() throws {
        for name in ["0", "1", "2", "10"] { try folder.write("images/\(name)/x.jpg", image) }
        let text = try build()
        #expect(text.classes == ["0", "1", "10", "2"])
        #expect(text.notices.count == 1 && text.notices[0].contains("--class-order numeric"))
        let numeric = try build(.orderedFolders(.numeric))
        #expect(numeric.classes == ["0", "1", "2", "10"] && numeric.labels == [0, 1, 2, 3] && numeric.notices.isEmpty)
        let list = try folder.write("classes.txt", text: "10\nother\n2\n1\n0\n")
        let ordered = try build(.orderedFolders(.file(list)))
        #expect(ordered.classes == ["10", "other", "2", "1", "0"])
        #expect(zip(ordered.paths, ordered.labels).map { "\($0) \($1)" } == ["0/x.jpg 4", "1/x.jpg 3", "10/x.jpg 0", "2/x.jpg 2"])
    }
}
