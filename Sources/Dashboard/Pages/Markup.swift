internal import Evaluation
internal import Pages

/// HTML text. What is interpolated into a literal is escaped, unless it is markup itself.
struct Markup: Sendable, Hashable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ value: Markup) { text += value.text }

        mutating func appendInterpolation(_ values: [Markup]) { values.forEach { text += $0.text } }

        mutating func appendInterpolation(_ value: some StringProtocol) { text += Markup.escaped(String(value)) }

        mutating func appendInterpolation(_ value: some BinaryInteger) { text += String(value) }

        mutating func appendInterpolation(_ run: RunID) { text += String(run.rawValue) }
    }

    /// Markup's characters as references, and what browsers might take for something else as U+FFFD, as in reports.
    static func escaped(_ text: String) -> String { Pages.Markup.text(text).source }
}

/// A part of a page that changes while people look at it: the element of that id, and what is in it.
struct LivePart: Sendable, Hashable {
    var id: String
    var content: Markup
}
