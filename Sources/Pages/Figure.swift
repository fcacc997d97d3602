internal import Reports

/// A drawing with what it is called, what it shows, and the numbers behind it.
enum Figure {
    /// - Parameter numbers: folded below the drawing; on paper it is open.
    static func markup(_ title: String, _ caption: String, _ drawings: Markup..., numbers: TextTable? = nil) -> Markup {
        let table = numbers.map { [PageTable.folded("Numbers", PageTable.table($0))] } ?? []
        return .element(
            "figure", [:],
            [.element("figcaption", [:], .element("b", [:], "\(title). "), .text(caption))] + drawings + table)
    }

    /// Figures side by side where there is room.
    static func pair(_ figures: Markup...) -> Markup { .element("div", ["class": "pair"], figures) }
}
