import Diagnostics
import ImageInput
import Testing

@Suite struct AcceptedLabelsTests {
    static let images = ["cat/val_00000002.JPEG", "cat/val_00000003.JPEG", "dog/val_00000001.JPEG"]
    static let classes = ["cat", "dog"]

    private func labels(_ text: String, images: [String] = images) throws -> [[Int]] {
        let folder = try TemporaryFolder()
        return try AcceptedLabels(path: folder.write("labels", text: text), images: images, classes: Self.classes).labels
    }

    @Test func `a JSON list is in the order of the numbers that file names end in, as ImageNet-ReaL's`() throws {
        #expect(try labels("[[1], [0, 1], []]") == [[0, 1], [], [1]])
        #expect(try labels("[[0], [1]]", images: ["a_0.png", "a_7.png"]) == [[0], [1]])
    }

    @Test func `a longer JSON list serves a part of the images by their numbers`() throws {
        #expect(try labels("[[1], [0], [], [1, 0]]", images: ["a_4.png", "a_2.png"]) == [[0, 1], [0]])
    }

    @Test func `a JSON object and a CSV name files, with or without folder and extension, and classes by index or name`() throws {
        #expect(try labels(#"{"val_00000002": ["dog", 0], "dog/val_00000001.JPEG": [1]}"#) == [[0, 1], [], [1]])
        #expect(try labels("file,labels\nval_00000003.JPEG,0;dog\ncat/val_00000002,\ndog/val_00000001.JPEG,1 | 1\n") == [[], [0, 1], [1]])
    }

    @Test(arguments: [
        ("[[1], [0]", "dataset.labelList"), ("{\"a\": 1}", "dataset.labelList"), ("[1, 2, 3]", "dataset.labelList"),
        ("[[1], [0]]", "dataset.labels"), ("[[1], [0], [7]]", "dataset.labels"), ("[[1], [-1], [0]]", "dataset.labels"),
        ("[[], [], []]", "dataset.labels"), ("other.png,1", "dataset.labels"),
        ("val_00000001,1\ndog/val_00000001.JPEG,0", "dataset.labels"),
        ("val_00000001,1,2", "dataset.labelList"), ("", "dataset.labels"),
        ("[[\(String(repeating: "9", count: 40))]]", "dataset.labelList"),
        (String(repeating: "[", count: 100_000), "dataset.labelList"),
    ]) func `a file that does not fit is refused with its cause`(text: String, code: String) throws {
        let failure = #expect(throws: Failure.self) { try labels(text) }
        #expect(failure?.code.rawValue == code)
        #expect(failure?.remedy != nil)
    }

    @Test func `titles of synsets are read from either table`() throws {
        let folder = try TemporaryFolder()
        let mapping = try folder.write("mapping", text: "n01440764 tench, Tinca tinca\nn01443537 goldfish\n")
        #expect(try SynsetTitles.read(path: mapping) == ["n01440764": "tench, Tinca tinca", "n01443537": "goldfish"])
        let table = try folder.write("table", text: "449 n01440764 tench\n1 n02119789\n")
        #expect(try SynsetTitles.read(path: table) == ["n01440764": "tench"])
    }
}
