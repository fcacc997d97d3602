/// Text that is well-formed both as HTML and as XML, or a piece of it. What comes from outside goes in through ``text(_:)`` and attributes' values, which escape it.
package struct Markup: Sendable, Hashable {
    package private(set) var source: String

    private init(source: String) { self.source = source }

    package init(_ parts: [Markup] = []) { source = parts.map(\.source).joined() }

    /// Markup that the programmer wrote, into which nothing from outside went but what was escaped.
    package init(written source: String) { self.source = source }

    /// Characters as they are, none of them markup.
    package static func text(_ text: String) -> Markup { Markup(source: escaped(text)) }

    /// Markup that this module wrote itself, such as a style sheet.
    static func raw(_ source: StaticString) -> Markup { Markup(source: "\(source)") }

    /// Rules of a style sheet: they hold nothing from outside, and no `<` or `&`.
    static func styleSheet(_ rules: String) -> Markup {
        precondition(!rules.utf8.contains { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") })
        return Markup(source: "<style>\n\(rules)</style>\n")
    }

    /// - Parameter attributes: in this order; their values are escaped.
    package static func element(_ name: StaticString, _ attributes: KeyValuePairs<String, String> = [:], _ content: [Markup]) -> Markup {
        Markup(source: "<\(name)\(joined(attributes))>" + content.map(\.source).joined() + "</\(name)>")
    }

    package static func element(_ name: StaticString, _ attributes: KeyValuePairs<String, String> = [:], _ content: Markup...) -> Markup {
        element(name, attributes, content)
    }

    package static func element(_ name: StaticString, _ attributes: KeyValuePairs<String, String> = [:], _ text: String) -> Markup {
        element(name, attributes, [.text(text)])
    }

    /// An element that can have no content, such as `meta`, or needs none, such as an SVG `rect`.
    package static func empty(_ name: StaticString, _ attributes: KeyValuePairs<String, String> = [:]) -> Markup {
        Markup(source: "<\(name)\(joined(attributes))/>")
    }

    /// A paragraph, in which what stands between back quotes is a command.
    static func prose(_ text: String) -> Markup {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        return .element("p", [:], parts.enumerated().map { $0 % 2 == 0 ? .text($1) : .element("code", [:], $1) })
    }

    package static func + (a: Markup, b: Markup) -> Markup { Markup(source: a.source + b.source) }

    package static func += (a: inout Markup, b: Markup) { a.source += b.source }

    private static func joined(_ attributes: KeyValuePairs<String, String>) -> String {
        attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
    }

    /// Markup's characters as references. Characters that XML has no place for, and those that turn the direction of what follows, become
    /// U+FFFD.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n", " ": escaped.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
                escaped.append("\u{FFFD}")
            default: escaped.append(scalar.value & 0xFFFE == 0xFFFE ? "\u{FFFD}" : scalar)
            }
        }
        return String(escaped)
    }
}
