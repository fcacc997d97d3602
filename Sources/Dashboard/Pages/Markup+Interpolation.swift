package import Evaluation
package import Pages

/// Markup as people write it: what is interpolated into a literal is escaped, unless it is markup itself.
extension Markup: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self.init(written: value) }

    package init(stringInterpolation: StringInterpolation) { self.init(written: stringInterpolation.source) }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        package init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { source += literal }

        package mutating func appendInterpolation(_ value: Markup) { source += value.source }

        package mutating func appendInterpolation(_ values: [Markup]) { values.forEach { source += $0.source } }

        package mutating func appendInterpolation(_ value: some StringProtocol) { source += Markup.text(String(value)).source }

        package mutating func appendInterpolation(_ value: some BinaryInteger) { source += String(value) }

        package mutating func appendInterpolation(_ run: RunID) { source += String(run.rawValue) }
    }
}

/// A part of a page that changes while people look at it: the element of that id, and what is in it.
struct LivePart: Sendable, Hashable {
    var id: String
    var content: Markup
}
