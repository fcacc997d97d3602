internal import Foundation
internal import ImageInput

/// A WebDataset sample's parts are named `KEY.EXTENSION`: the key is all up to the first dot behind the last slash.
struct SamplePart {
    var key: String
    /// In lower case.
    var suffix: String

    /// Nil for a name without a dot.
    init?(_ path: String) {
        let name = path.lastComponent
        guard let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let suffix = name.utf8.distance(from: dot, to: name.utf8.endIndex)
        key = String(decoding: path.utf8.dropLast(suffix), as: UTF8.self)
        self.suffix = String(name[name.utf8.index(after: dot)...]).lowercased()
    }

    var isImage: Bool { ["jpg", "jpeg", "png", "webp"].contains(suffix) }
    var isLabel: Bool { suffix == "cls" || suffix == "json" }
}

/// The class index that a part of a sample tells.
enum SampleLabel {
    /// The most bytes such a part may have.
    static let byteLimit = 1 << 20

    /// Of a `.cls` part: a whole number in decimal. Nil for anything else.
    static func ofClass(_ bytes: [UInt8]) -> Int? {
        index(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Of a `.json` part: an object with `label`, `cls`, `class_index`, `class_id` or `class`, the first of them that is a whole number.
    static func ofJSON(_ bytes: [UInt8]) -> Int? {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)) else { return nil }
        return [fields.label, fields.cls, fields.classIndex, fields.classIdentifier, fields.class].lazy.compactMap { $0?.index }.first
    }

    private struct Fields: Decodable {
        var label: Number?
        var cls: Number?
        var classIndex: Number?
        var classIdentifier: Number?
        var `class`: Number?

        enum CodingKeys: String, CodingKey {
            case label, cls, `class`
            case classIndex = "class_index"
            case classIdentifier = "class_id"
        }
    }

    /// Anything; its index where it is a whole number.
    private struct Number: Decodable {
        var index: Int?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) { index = (0..<1_000_000).contains(number) ? number : nil }
        }
    }

    private static func index(_ text: String) -> Int? {
        guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
