internal import Reports

/// Tables of numbers, as pages have them.
enum PageTable {
    /// No cell shows more characters.
    private static let cellLimit = 300

    /// A table; its first column names the rows.
    static func table(_ table: TextTable, caption: String? = nil) -> Markup {
        func style(_ column: Int) -> KeyValuePairs<String, String> {
            table.columns.indices.contains(column) && table.columns[column].alignment == .right ? ["class": "number"] : [:]
        }
        let head = Markup.element(
            "thead", [:],
            [
                .element(
                    "tr", [:],
                    table.columns.indices.map { column in
                        table.columns[column].alignment == .right
                            ? .element("th", ["scope": "col", "class": "number"], table.columns[column].title)
                            : .element("th", ["scope": "col"], table.columns[column].title)
                    })
            ])
        let body = Markup.element(
            "tbody", [:],
            table.rows.map { row in
                .element(
                    "tr", [:],
                    row.enumerated().map { column, cell in
                        column == 0
                            ? .element("th", ["scope": "row"], Drawing.shortened(cell, cellLimit))
                            : .element("td", style(column), Drawing.shortened(cell, cellLimit))
                    })
            })
        let title = caption.map { [Markup.element("caption", [:], $0)] } ?? []
        return .element("div", ["class": "scroll"], .element("table", [:], title + [head, body]))
    }

    /// Names and what they stand for.
    static func facts(_ rows: [(String, Markup)]) -> Markup {
        .element("dl", ["class": "facts"], rows.map { .element("dt", [:], $0.0) + .element("dd", [:], $0.1) })
    }

    /// A part that is folded until somebody opens it; on paper it is open, or left out where it is long.
    static func folded(_ summary: String, _ content: Markup, isLong: Bool = false) -> Markup {
        .element("details", isLong ? ["class": "long"] : [:], [.element("summary", [:], summary), content])
    }
}
