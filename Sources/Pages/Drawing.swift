internal import Reports

/// A figure's shapes. Coordinates are pixels of a drawing that is shown as wide as there is room; y grows downwards.
struct Drawing {
    enum Anchor: String { case start, middle, end }

    var width: Double
    var height: Double
    /// What a screen reader says instead of the picture.
    var label: String
    private var shapes = Markup()

    init(width: Double, height: Double, label: String) {
        self.width = width
        self.height = height
        self.label = label
    }

    var markup: Markup {
        .element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(Self.number(width)) \(Self.number(height))", "role": "img",
                "aria-label": label, "class": width > 700 ? "wide" : "narrow",
            ], [shapes])
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
        shapes += .empty(
            "line",
            ["x1": Self.number(x1), "y1": Self.number(y1), "x2": Self.number(x2), "y2": Self.number(y2), "class": style])
    }

    /// - Parameter title: shown where a pointer rests.
    mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, title: String? = nil) {
        let attributes: KeyValuePairs = [
            "x": Self.number(x), "y": Self.number(y), "width": Self.number(width), "height": Self.number(height), "class": style,
        ]
        shapes += title.map { .element("rect", attributes, [.element("title", [:], $0)]) } ?? .empty("rect", attributes)
    }

    /// - Parameter turned: the text runs upwards.
    mutating func text(_ x: Double, _ y: Double, _ text: String, _ anchor: Anchor = .start, style: String = "", turned: Bool = false) {
        let (x, y) = (Self.number(x), Self.number(y))
        let attributes: KeyValuePairs =
            turned
            ? ["text-anchor": anchor.rawValue, "class": style, "transform": "translate(\(x) \(y)) rotate(-90)"]
            : ["text-anchor": anchor.rawValue, "class": style, "x": x, "y": y]
        shapes += .element("text", attributes, text)
    }

    /// A line through `points`, or the area that they enclose.
    mutating func path(_ points: [(Double, Double)], _ style: String, closed: Bool = false, title: String? = nil) {
        guard let first = points.first else { return }
        let line = points.dropFirst().map { "L\(Self.number($0.0)) \(Self.number($0.1))" }.joined()
        let attributes: KeyValuePairs = [
            "d": "M\(Self.number(first.0)) \(Self.number(first.1))\(line)\(closed ? "Z" : "")", "class": style,
        ]
        shapes += title.map { .element("path", attributes, [.element("title", [:], $0)]) } ?? .empty("path", attributes)
    }

    /// A point's mark: series differ in shape, too.
    mutating func marker(_ x: Double, _ y: Double, series: Int, title: String? = nil) {
        let r = 3.8
        let points: [(Double, Double)] =
            switch series % 4 {
            case 0: (0..<12).map { step in Self.onCircle(x, y, r, step) }
            case 1: [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
            case 2: [(x, y - r * 1.25), (x + r * 1.2, y + r), (x - r * 1.2, y + r)]
            default: [(x, y - r * 1.35), (x + r * 1.35, y), (x, y + r * 1.35), (x - r * 1.35, y)]
            }
        path(points, "f\(series % 8)", closed: true, title: title)
    }

    /// Corners of a regular polygon of twelve, whose sines are these.
    private static func onCircle(_ x: Double, _ y: Double, _ r: Double, _ step: Int) -> (Double, Double) {
        let sines = [0, 0.5, 0.866, 1, 0.866, 0.5, 0, -0.5, -0.866, -1, -0.866, -0.5]
        return (x + r * sines[(step + 3) % 12], y + r * sines[step])
    }

    /// About how wide text of the usual size is.
    static func textWidth(_ text: String) -> Double {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar {
            case "i", "j", "l", "t", "f", "r", "I", ".", ",", "'", " ", "(", ")", ":", ";", "|": width + 4.4
            case "m", "w", "M", "W", "%", "@": width + 10.6
            case "0"..."9", "A"..."Z", "_": width + 7.2
            case "\u{1100}"...: width + 11.5
            default: width + 6.8
            }
        }
    }

    /// `text` with its middle left out where it is longer than `limit` characters.
    static func shortened(_ text: String, _ limit: Int) -> String {
        guard text.count > limit else { return text }
        return text.prefix(limit - 1 - limit / 3) + "…" + text.suffix(limit / 3)
    }

    /// A coordinate with at most two decimals.
    static func number(_ value: Double) -> String { trimmed(NumberText.fixed(value, 2)) }

    /// Four significant digits at most, without zeros at the end (`0.001`, `12.5`).
    static func short(_ value: Double) -> String { trimmed(NumberText.significant(value)) }

    private static func trimmed(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
        var digits = Substring(text)
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        return String(digits)
    }
}
