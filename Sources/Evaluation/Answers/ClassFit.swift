internal import Diagnostics

/// How a data set's classes and those that a model tells apart go together.
package struct ClassFit: Sendable, Hashable, Codable {
    /// Classes that the model tells apart.
    package var model: Int
    /// Classes that the data set has images of.
    package var listed: Int
    /// Whether the logits of the others are left out.
    package var onlyListed: Bool
    /// What a user should know before the run, each a sentence without a full stop.
    package let notices: [String]

    enum CodingKeys: String, CodingKey {
        case model
        case listed
        case onlyListed = "only_listed"
    }

    /// - Parameter names: of the data set's classes, by their indices.
    package init(model: Int, names: [String], listed: Int, onlyListed: Bool) {
        self.model = model
        self.listed = listed
        self.onlyListed = onlyListed
        var notices: [String] = []
        if listed < model {
            notices.append(
                "images are of \(listed) of the model's \(model) classes, "
                    + (onlyListed
                        ? "and the logits of the other \(model - listed) are left out"
                        : "and its other \(model - listed) count as wrong answers; --only-listed-classes leaves their logits out"))
        }
        if names.count > model {
            notices.append(
                "it has \(names.count.counted("class")), and the model tells \(model) apart: images of the others count as mistakes")
        }
        if names.count < model, let first = names.first {
            notices.append(
                "its \(names.count.counted("class")) \(names.count.agreeing("counts", "count")) as the model's classes 0 to \(names.count - 1), \(first) as 0; where they are others, add the data set "
                    + "with --synsets or --class-map")
        }
        if model == 1000, names.count == model, let unknown = Self.foreign(names) {
            notices.append("\(unknown) is no class of ILSVRC2012 at its place, and models of a thousand classes mostly know those")
        }
        self.notices = notices
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(Int.self, forKey: .model)
        listed = try container.decode(Int.self, forKey: .listed)
        onlyListed = try container.decode(Bool.self, forKey: .onlyListed)
        notices = []
    }

    /// Of a thousand synsets the first or last one that is not where ILSVRC2012 has it; nil where classes are named otherwise.
    private static func foreign(_ names: [String]) -> String? {
        guard names.allSatisfy({ $0.utf8.count == 9 && $0.utf8.first == UInt8(ascii: "n") && $0.dropFirst().allSatisfy(\.isNumber) }) else {
            return nil
        }
        return [(names[0], "n01440764"), (names[names.count - 1], "n15075141")].first { $0.0 != $0.1 }?.0
    }

    /// One sentence for a report; nil where the data set has images of all classes.
    package var sentence: String? {
        guard listed < model else { return nil }
        return "images of \(listed) of the model's \(model); "
            + (onlyListed ? "logits of the other \(model - listed) are left out" : "the other \(model - listed) count as wrong answers")
    }
}
