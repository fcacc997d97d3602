internal import Foundation
internal import ImageInput

/// A WebDataset sample's parts are named `KEY.EXTENSION`. To WebDataset the key ends at the first dot behind the last slash; but names such as
/// `img.001.jpg` and `img.001.cls` are two of one sample as well, so here an image's and a label's key end at the last.
struct SamplePart {
    var key: String
    /// In lower case.
    var suffix: String
    /// The key as WebDataset has it.
    var shortKey: String

    /// Nil for a name without a dot.
    init?(_ path: String) {
        let name = path.lastComponent.utf8
        guard let first = name.firstIndex(of: UInt8(ascii: ".")), let last = name.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        key = String(decoding: path.utf8.dropLast(name.distance(from: last, to: name.endIndex)), as: UTF8.self)
        shortKey = String(decoding: path.utf8.dropLast(name.distance(from: first, to: name.endIndex)), as: UTF8.self)
        suffix = String(decoding: name[name.index(after: last)...], as: UTF8.self).lowercased()
    }

    var isImage: Bool { ["jpg", "jpeg", "png", "webp"].contains(suffix) }
    var isLabel: Bool { suffix == "cls" || suffix == "json" }
}

/// The class index that a part of a sample tells.
enum SampleLabel {
    /// The most bytes such a part may have.
    static let byteLimit = 1 << 20

    /// Of a `.cls` part: a whole number in decimal, also as `3.0`. Nil for anything else.
    static func ofClass(_ bytes: [UInt8]) -> Int? { index(String(decoding: bytes, as: UTF8.self)) }

    /// Of a `.json` part: a whole number, or an object with `label`, `cls`, `class_index`, `class_id` or `class`, the first of them that is one.
    static func ofJSON(_ bytes: [UInt8]) -> Int? {
        if let number = try? JSONDecoder().decode(Number.self, from: Data(bytes)).index { return number }
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
            if let number = try? container.decode(Int.self) {
                index = SampleLabel.index(String(number))
            } else if let text = try? container.decode(String.self) {
                index = SampleLabel.index(text)
            }
        }
    }

    private static func index(_ text: String) -> Int? {
        LabelText.number(text).flatMap { (0..<1_000_000).contains($0) ? $0 : nil }
    }
}
