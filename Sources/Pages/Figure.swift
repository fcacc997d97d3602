internal import Reports

/// A drawing with what it is called, what it shows, and the numbers behind it.
enum Figure {
    /// - Parameters:
    ///   - numbers: folded below the drawing; on paper it is open.
    ///   - note: below the drawing: what is too long to stand above it.
    static func markup(_ title: String, _ caption: String, _ drawing: Markup, note: String = "", numbers: TextTable? = nil) -> Markup {
        let table = numbers.map { [PageTable.folded("Numbers", PageTable.table($0), isLong: $0.rows.count > 24)] } ?? []
        let remark = note.isEmpty ? [] : [Markup.element("p", ["class": "note"], note)]
        return .element(
            "figure", [:],
            [.element("figcaption", [:], .element("b", [:], "\(title). "), .text(caption)), drawing] + remark + table)
    }

    /// Figures side by side where there is room.
    static func pair(_ figures: Markup...) -> Markup { .element("div", ["class": "pair"], figures) }
}
