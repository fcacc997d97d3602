internal import Diagnostics
internal import Foundation

/// Further labels of a data set's images: any number of accepted classes each, as ImageNet-ReaL has.
///
/// Three kinds of files are read:
/// - a JSON list of lists of classes in the order of the numbers that the images' file names end in (ImageNet-ReaL's `real.json`); where it has
///   more elements than there are images, element i (from 1) is that of the image with the number i;
/// - a JSON object of file names with a list of classes each;
/// - a CSV of file name and classes, these between blanks, semicolons or bars.
///
/// A class is an index or a name. A file is named by its path or its last component, with or without the extension. Images that are not
/// listed, or with no class, have none.
package struct AcceptedLabels: Sendable {
    /// The accepted classes by image, one element per image given, ascending.
    package let labels: [[Int]]
    /// The hash of the file.
    package let hash: ContentHash

    private static let byteLimit = 16 << 20

    /// - Parameters:
    ///   - images: the data set's paths, in the manifest's order.
    ///   - classes: the names of its classes, by index.
    /// - Throws: `dataset.labelList`, `dataset.labels`.
    package init(path: String, images: [String], classes: [String]) throws {
        let bytes = try Self.contents(of: path)
        hash = ContentHash(of: bytes)
        let isJSON = bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }.map { $0 == 0x5B || $0 == 0x7B } ?? false
        let places = ImagePlaces(images)
        let entries = try isJSON ? Self.json(bytes, path: path, places: places) : Self.csv(path: path)
        var problems = ProblemList()
        let indices = Dictionary(classes.enumerated().map { ($1.bytewiseKey, $0) }) { first, _ in first }
        var found = [[Int]?](repeating: nil, count: images.count)
        for entry in entries {
            let candidates = places.images(for: entry.image)
            guard let place = candidates.first else {
                problems.add("entry", "without an image", entry.image.text)
                continue
            }
            guard candidates.count == 1 else {
                problems.add("name", "of several images", entry.image.text)
                continue
            }
            if found[place] != nil { problems.add("image", "listed twice", entry.image.text) }
            let accepted = entry.classes.compactMap { name -> Int? in
                let index = name.index ?? indices[name.text.bytewiseKey]
                if let index, classes.indices.contains(index) { return index }
                problems.add("class", "that the data set does not have", "\(entry.image.text): \(name.text)")
                return nil
            }
            found[place] = Set(accepted).sorted()
        }
        try problems.throwIfAny(
            .labelMismatch, "\(path) does not fit the \(images.count.counted("image"))",
            remedy: "List each image of the data set once, by its file name, with classes that the data set has.")
        labels = found.map { $0 ?? [] }
        guard labels.contains(where: { !$0.isEmpty }) else {
            throw Failure(.labelMismatch, "\(path) accepts no class for any image.", remedy: "Check that it is the right file.")
        }
    }

    private static func contents(of path: String) throws -> [UInt8] {
        do {
            let reader = try FileReader(path: path, limit: byteLimit)
            var bytes = [UInt8](repeating: 0, count: reader.byteCount)
            let count = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
            bytes.removeLast(bytes.count - count)
            return bytes
        } catch {
            throw Failure(.labelList, "The label list \(path) cannot be read", cause: error)
        }
    }
}

extension AcceptedLabels {
    /// How a file names an image.
    enum ImageName: Hashable {
        case file(String)
        case number(Int)

        var text: String {
            switch self {
            case .file(let name): name
            case .number(let number): "number \(number)"
            }
        }
    }

    /// How a file names a class: an index, or a name.
    struct ClassName: Decodable {
        var index: Int?
        var text: String

        init(_ text: String) {
            index = LabelText.number(text)
            self.text = text
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let index = try? container.decode(Int.self) {
                self.init(String(index))
            } else {
                self.init(try container.decode(String.self))
            }
        }
    }

    struct Entry {
        var image: ImageName
        var classes: [ClassName]
    }

    private static func json(_ bytes: [UInt8], path: String, places: ImagePlaces) throws -> [Entry] {
        let data = Data(bytes)
        if let lists = try? JSONDecoder().decode([[ClassName]].self, from: data) {
            guard let numbers = places.numbers, lists.count >= numbers.count else {
                throw Failure(
                    .labelMismatch,
                    "\(path) has \(lists.count.counted("element")), which cannot be told apart by numbers at the ends of the images' names.",
                    remedy: "Write an object of file names instead, or an element for each image.")
            }
            if lists.count == numbers.count { return zip(numbers, lists).map { Entry(image: .number($0), classes: $1) } }
            return numbers.map { number in
                Entry(image: .number(number), classes: lists.indices.contains(number - 1) ? lists[number - 1] : [])
            }
        }
        if let object = try? JSONDecoder().decode([String: [ClassName]].self, from: data) {
            guard LabelText.keyCount(ofObject: bytes) == object.count else {
                throw Failure(.labelList, "\(path) names a file twice.", remedy: "Name each file once.")
            }
            return object.sorted { $0.key.precedesBytewise($1.key) }.map { Entry(image: .file($0.key), classes: $0.value) }
        }
        throw Failure(
            .labelList, "\(path) is neither a JSON list of lists of classes nor a JSON object of file names with a list of classes each.",
            remedy: #"Write [[1, 2], [], ...] in the order of the images' numbers, or {"file.JPEG": [1, 2], ...}."#)
    }

    private static func csv(path: String) throws -> [Entry] {
        var pairs = try LabelFile(path: path).pairs()
        let headers: Set<String> = ["file", "filename", "file_name", "name", "image", "imageid", "image_id", "path", "id"]
        if let first = pairs.first, headers.contains(first.name.lowercased()) { pairs.removeFirst() }
        return pairs.map { pair in
            let words = pair.value.utf8.split { $0 == 0x20 || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "|") }
            return Entry(image: .file(pair.name), classes: words.map { ClassName(String(Substring($0))) })
        }
    }
}

/// Finds a data set's images by what files of labels call them.
struct ImagePlaces {
    private var byName: [[UInt8]: [Int]] = [:]
    private var byNumber: [Int: [Int]] = [:]
    private let imageCount: Int

    init(_ images: [String]) {
        for (place, path) in images.enumerated() {
            let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
            for key in Set([path, path.withoutExtension, name, name.withoutExtension].map(\.bytewiseKey)) {
                byName[key, default: []].append(place)
            }
            let digits = name.withoutExtension.utf8.reversed().prefix { (0x30...0x39).contains($0) }.reversed()
            if let number = Int(String(decoding: digits, as: UTF8.self)) { byNumber[number, default: []].append(place) }
        }
        imageCount = images.count
    }

    /// The numbers that the images' names end in, ascending; nil unless each image has one of its own.
    var numbers: [Int]? { byNumber.count == imageCount ? byNumber.keys.sorted() : nil }

    func images(for name: AcceptedLabels.ImageName) -> [Int] {
        switch name {
        case .file(let file): byName[(file.hasPrefix("./") ? String(file.dropFirst(2)) : file).bytewiseKey] ?? []
        case .number(let number): byNumber[number] ?? []
        }
    }
}
