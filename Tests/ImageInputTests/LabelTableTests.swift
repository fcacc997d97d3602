import Diagnostics
import Foundation
import ImageInput
import Testing

@Suite("Lists of labels as people have them")
struct LabelTableTests {
    private let folder: TemporaryFolder
    private var root: String { "\(folder.path)/images" }

    init() throws {
        folder = try TemporaryFolder()
        let image = try GoldenPreprocessing.bytes(of: "tiny.jpg")
        for name in ["a.JPEG", "b.JPEG", "c.JPEG", "d.JPEG"] { try folder.write("images/\(name)", image) }
    }

    private func read(_ text: String, classNames: String? = nil) throws -> (labels: [Int], classes: [String], notices: [String]) {
        try read([UInt8](text.utf8), classNames: classNames)
    }

    private func read(_ bytes: [UInt8], classNames: String? = nil) throws -> (labels: [Int], classes: [String], notices: [String]) {
        let list = try folder.write("list", bytes)
        let names = try classNames.map { try folder.write("names", text: $0) }
        let found = try ImageManifest.find(root: root, labels: .list(path: list, classNames: names), threads: 1)
        return (found.manifest.entries.map(\.label), found.manifest.classes.map(\.name), found.notices)
    }

    @Test(
        "Whole numbers are class indices however they are written, separated and headed",
        arguments: [
            "a.JPEG, 3\nb.JPEG, 0\nc.JPEG, 1\nd.JPEG, 3\n", "a.JPEG,3.0\nb.JPEG,0.0\nc.JPEG,1.0\nd.JPEG,3.0\n",
            "a.JPEG;3\nb.JPEG;0\nc.JPEG;1\nd.JPEG;3\n", "a.JPEG\t3\nb.JPEG\t0\nc.JPEG\t1\nd.JPEG\t3\n",
            "a.JPEG 3\nb.JPEG  0\nc.JPEG 1\nd.JPEG 3 \n",
            "\"a.JPEG\",\"3\"\r\n\"b.JPEG\",\"0\"\r\n\"c.JPEG\",1\r\nd.JPEG,3\r\n", "image,label\na,3\nb,0\nc,1\nd,3\n",
            "Image_Name,Class Index\na.JPEG,3\nb.JPEG,0\nc.JPEG,1\nd.JPEG,3\n",
            ",file,label\n0,a.JPEG,3\n1,b.JPEG,0\n2,c.JPEG,1\n3,d.JPEG,3\n",
            "label,split,path\n3,val,a.JPEG\n0,val,b.JPEG\n1,val,c.JPEG\n3,val,d.JPEG\n",
            "0 a.JPEG val 3\n1 b.JPEG val 0\n2 c.JPEG val 1\n3 d.JPEG val 3\n",
        ])
    func indices(text: String) throws {
        let read = try read(text)
        #expect(read.labels == [3, 0, 1, 3])
        #expect(read.classes == ["0", "1", "2", "3"])
        #expect(read.notices.isEmpty)
    }

    @Test("UTF-16 is read in either order")
    func utf16() throws {
        let units = Array("a,3\r\nb,0\r\nc,1\r\nd,3\r\n".utf16)
        #expect(try read([0xFF, 0xFE] + units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }).labels == [3, 0, 1, 3])
        #expect(try read([0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }).labels == [3, 0, 1, 3])
    }

    @Test("Labels read as names are told with the first five")
    func names() throws {
        let read = try read("a.JPEG,tench\nb.JPEG,shark\nc.JPEG,ray\nd.JPEG,tench\n")
        #expect(read.labels == [2, 1, 0, 2])
        #expect(
            read.notices.count == 1 && read.notices[0].hasSuffix("are read as 3 class names, numbered in sorted order: ray, shark, tench"))
    }

    @Test("Tiny-ImageNet's annotations give the synsets, in the given order")
    func tinyImageNet() throws {
        let text =
            "a.JPEG\tn02\t0\t32\t44\t62\n".replacing("n02", with: "n03444034") + "b.JPEG\tn04067472\t52\t55\t57\t59\n"
            + "c.JPEG\tn04070727\t4\t0\t60\t55\nd.JPEG\tn03444034\t3\t3\t63\t63\n"
        #expect(try read(text).labels == [0, 1, 2, 0])
        let ordered = try read(text, classNames: "n04070727\nn03444034\nn04067472\n")
        #expect(ordered.labels == [1, 2, 0, 1])
        #expect(ordered.notices.contains { $0.contains("not in sorted order") })
    }

    @Test("Columns that may both be the label are refused with the line and the choices")
    func ambiguous() throws {
        let failure = try #require(throws: Failure.self) { try read("a.JPEG,0,1\nb.JPEG,0,0\nc.JPEG,1,1\nd.JPEG,1,1\n") }
        #expect(failure.code == .labelList)
        #expect(failure.message.contains("line 1") && failure.message.contains("column 2 (0), column 3 (1)"))
    }

    @Test("Endless lines, names and numbers of classes are refused, and cut in messages")
    func bounds() throws {
        let long = String(repeating: "x", count: 50_000_000)
        for text in ["a.JPEG,\(long)\n", "\(long)\n"] {
            let failure = try #require(throws: Failure.self) { try read(text) }
            #expect(failure.message.utf8.count < 1000)
        }
        let name = String(repeating: "y", count: 5000)
        let named = try #require(throws: Failure.self) { try read("a.JPEG,\(name)\nb.JPEG,b\nc.JPEG,c\nd.JPEG,c\n") }
        #expect(named.message.contains("a class name of 5000 bytes") && named.message.utf8.count < 1000)
        let many = try #require(throws: Failure.self) { try read("a.JPEG,1999999\nb.JPEG,0\nc.JPEG,1\nd.JPEG,0\n") }
        #expect(many.message.contains("1 labels outside the 2 classes"))
        let list = try folder.write("twice.json", text: #"{"a.JPEG": [0], "b.JPEG": [1], "a.JPEG": [1]}"#)
        let twice = try #require(throws: Failure.self) {
            try AcceptedLabels(path: list, images: ["a.JPEG", "b.JPEG"], classes: ["0", "1"])
        }
        #expect(twice.message.contains("twice"))
    }
}
