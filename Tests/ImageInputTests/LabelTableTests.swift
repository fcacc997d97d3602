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
            "a.JPEG , 3 \nb.JPEG , 0\nc.JPEG , 1\nd.JPEG , 3\n", "./a.JPEG 3\n./b.JPEG 0\n./c.JPEG 1\n./d.JPEG 3\n",
            "idx\tfname\ty\n7\ta\t3\n8\tb\t0\n9\tc\t1\n10\td\t3\n",
            "\u{FEFF}\"Image\";\"Class\"\n\"a.JPEG\";\"3\"\nb.JPEG;0\nc.JPEG;1\nd.JPEG;3\n",
            "a.JPEG,3.0\r\nb.JPEG,0.0\r\nc.JPEG,1.0\r\nd.JPEG,3.0",
            "0 a.JPEG val 3\n1 b.JPEG val 0\n2 c.JPEG val 1\n3 d.JPEG val 3\n",
            "a.JPEG 3.000000000000000000e+00\nb.JPEG 0.0e+00\nc.JPEG 1.0e+00\nd.JPEG 3e+0\n",
            "a.JPEG;3,0\nb.JPEG;0,0\nc.JPEG;1,00\nd.JPEG;3,0\n", "a.JPEG,\u{A0}3\nb.JPEG,0\u{3000}\nc.JPEG,\" 1\"\nd.JPEG,3\n",
            "a.JPEG,3\rb.JPEG,0\rc.JPEG,1\rd.JPEG,3\r", "sep=;\r\nBild;Klasse\r\na.JPEG;3\r\nb.JPEG;0\r\nc.JPEG;1\r\nd.JPEG;3\r\n",
            "C:\\set\\val\\a.JPEG,3\nval\\b.JPEG,0\n.\\c.JPEG,1\nd.JPEG,3\n", "/set/val/a.JPEG 3\n/b.JPEG 0\n../val/c.JPEG 1\n//d.JPEG 3\n",
            "file,label,class\na.JPEG,ray,3\nb.JPEG,tench,0\nc.JPEG,shark,1\nd.JPEG,ray,3\n",
            "file,wnid,label\na.JPEG,n01440764,3\nb.JPEG,n01443537,0\nc.JPEG,n01484850,1\nd.JPEG,n01440764,3\n",
            "file,x,y,label\na.JPEG,7,1,3\nb.JPEG,8,2,0\nc.JPEG,9,1,1\nd.JPEG,7,1,3\n",
        ])
    func indices(text: String) throws {
        let read = try read(text)
        #expect(read.labels == [3, 0, 1, 3])
        #expect(read.classes == ["0", "1", "2", "3"])
        #expect(read.notices.isEmpty)
    }

    @Test("UTF-16 is read in either order, with its mark and without")
    func utf16() throws {
        let units = Array("a,3\r\nb,0\r\nc,1\r\nd,3\r\n".utf16)
        #expect(try read(units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }).labels == [3, 0, 1, 3])
        #expect(try read(units.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }).labels == [3, 0, 1, 3])
        #expect(try read([0xFF, 0xFE] + units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }).labels == [3, 0, 1, 3])
        #expect(try read([0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }).labels == [3, 0, 1, 3])
    }

    @Test("Labels read as names are told with the first five")
    func names() throws {
        let sorted = try read("a.JPEG,tench\nb.JPEG,shark\nc.JPEG,ray\nd.JPEG,tench\n")
        #expect(sorted.labels == [2, 1, 0, 2])
        #expect(
            sorted.notices.count == 1
                && sorted.notices[0].hasSuffix("are read as 3 class names, numbered in sorted order: ray, shark, tench"))
        let words = try read("a.JPEG tench, Tinca tinca\nb.JPEG great white shark\nc.JPEG ray\nd.JPEG tench, Tinca tinca\n")
        #expect(words.labels == [2, 0, 1, 2])
        #expect(words.classes == ["great white shark", "ray", "tench, Tinca tinca"])
        #expect(try read("a.JPEG,cat\nb.JPEG,dog\nc.JPEG,cat\nd.JPEG,dog\n", classNames: "dog \ncat\u{A0}\n").labels == [1, 0, 1, 0])
    }

    @Test("Indices that count from 1 are told, and numbers that are no indices refused with their line")
    func otherNumbers() throws {
        let fromOne = try read("a.JPEG,3\nb.JPEG,1\nc.JPEG,2\nd.JPEG,3\n")
        #expect(fromOne.labels == [3, 1, 2, 3])
        #expect(
            fromOne.notices.count == 1 && fromOne.notices[0].contains("count from 1 to 3") && fromOne.notices[0].contains("--class-map"))
        for odd in ["3.5", "1.5e+00", "\"3,5\"", "\"1,000\""] {
            let failure = try #require(throws: Failure.self) { try read("a.JPEG,\(odd)\nb.JPEG,\(odd)\nc.JPEG,\(odd)\nd.JPEG,\(odd)\n") }
            #expect(failure.message.contains("line 1: ") && failure.message.contains("no class index"), "\(failure.message)")
        }
        #expect(try read("a.JPEG,0.5\nb.JPEG,1.5\nc.JPEG,0.5\nd.JPEG,1.5\n", classNames: "1.5\n0.5\n").labels == [1, 0, 1, 0])
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

    @Test("Names with blanks and folders in them are found in a list, with and without extension")
    func names2() throws {
        let image = try GoldenPreprocessing.bytes(of: "tiny.jpg")
        for name in ["a.JPEG", "b.JPEG", "c.JPEG", "d.JPEG"] { try FileManager.default.removeItem(atPath: "\(root)/\(name)") }
        for name in ["deep/my cat 1.jpg", "deep/my dog.jpg", "other/my cat 1.jpg"] { try folder.write("images/\(name)", image) }
        for text in [
            "deep/my cat 1.jpg,1\ndeep/my dog.jpg,0\nother/my cat 1.jpg,2\n", "deep/my cat 1\t1\ndeep/my dog\t0\nother/my cat 1\t2\n",
            "deep/my cat 1.jpg 1\ndeep/my dog.jpg 0\nother/my cat 1.jpg 2\n",
        ] { #expect(try read(text).labels == [1, 0, 2], "\(text)") }
    }

    @Test("What a label file is, its first lines tell: Kaggle's with or without its header, the kit's numbers, or a table")
    func detection() throws {
        func kind(_ text: String, synsets: String? = "s") throws -> LabelSource {
            try LabelSource(labelFile: folder.write("list", text: text), classNames: nil, synsets: synsets, classMap: nil)
        }
        let path = "\(folder.path)/list"
        #expect(try kind("ImageId,PredictionString\nx,n01440764 1 2 3 4\n") == .localization(solution: path, synsets: "s"))
        #expect(try kind("\u{FEFF}x,n01440764 1 2 3 4 n01440764 5 6 7 8\n") == .localization(solution: path, synsets: "s"))
        #expect(try kind("490\n361\n") == .groundTruth(numbers: path, synsets: "s"))
        #expect(try kind("490 3\n361 2\n") == .list(path: path, classNames: nil, synsets: "s"))
        #expect(throws: Failure.self) { try kind("ImageId,PredictionString\n", synsets: nil) }
    }

    @Test("A class map gives the network's classes to labels that are names or numbers, as lines or JSON")
    func classMap() throws {
        let list = try folder.write("list", text: "a.JPEG,tench\nb.JPEG,shark\nc.JPEG,great white\nd.JPEG,tench\n")
        for text in ["class,index\ntench,7\nshark,2\ngreat white,5\nray,3\n", #"{"tench": 7, "shark": 2, "great white": 5, "ray": -1}"#] {
            let map = try folder.write("map", text: text)
            let found = try ImageManifest.find(root: root, labels: .list(path: list, classNames: nil, classMap: map), threads: 1)
            #expect(found.manifest.entries.map(\.label) == [7, 2, 5, 7])
            #expect(found.manifest.classes.map(\.name) == ["0", "1", "shark", "3", "4", "great white", "6", "tench"])
        }
        let short = try folder.write("map", text: "tench 7\n")
        let refused = try #require(throws: Failure.self) {
            try ImageManifest.find(root: root, labels: .list(path: list, classNames: nil, classMap: short), threads: 1)
        }
        #expect(refused.message.contains("2 labels that the class map does not have (line 2: shark, line 3: great white)"))
    }

    @Test("Columns that may both be the label are refused with the line and the choices")
    func ambiguous() throws {
        let failure = try #require(throws: Failure.self) { try read("a.JPEG,0,1\nb.JPEG,0,0\nc.JPEG,1,1\nd.JPEG,1,1\n") }
        #expect(failure.code == .labelList)
        #expect(failure.message.contains("line 1") && failure.message.contains("column 2 (0), column 3 (1)"))
        for text in [
            "image,label,class\na.JPEG,0,1\nb.JPEG,0,0\nc.JPEG,1,1\nd.JPEG,1,1\n",
            "image,label,class\na.JPEG,ray,1\nb.JPEG,ray,0\nc.JPEG,tench,1\nd.JPEG,tench,1\n",
            "a.JPEG great shark\nb.JPEG nurse shark\nc.JPEG great ray\nd.JPEG great shark\n",
            "a.JPEG great shark\nb.JPEG nurse shark\nc.JPEG reef shark\nd.JPEG great shark\n",
        ] {
            let failure = try #require(throws: Failure.self) { try read(text) }
            #expect(failure.message.contains("several columns may be the label: column 2 ("), "\(failure.message)")
        }
        let json = try folder.write("list.json", text: #"{"a.JPEG": 3}"#)
        let refused = try #require(throws: Failure.self) {
            try LabelSource(labelFile: json, classNames: nil, synsets: nil, classMap: nil)
        }
        #expect(refused.message.contains("is JSON"))
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
        #expect(many.message.contains("1 label outside the 2 classes"))
        let list = try folder.write("twice.json", text: #"{"a.JPEG": [0], "b.JPEG": [1], "a.JPEG": [1]}"#)
        let twice = try #require(throws: Failure.self) {
            try AcceptedLabels(path: list, images: ["a.JPEG", "b.JPEG"], classes: ["0", "1"])
        }
        #expect(twice.message.contains("twice"))
        let map = try folder.write("map.json", text: #"{"tench": 0, "ray": 1, "tench": 1}"#)
        #expect(try #require(throws: Failure.self) { try Labelling.mapped([0], by: map) }.message.contains("twice"))
    }
}
