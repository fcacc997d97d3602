internal import Diagnostics
internal import FoundationEssentials

/// How a command prints its data.
package enum OutputFormat: String, Sendable, CaseIterable {
    case table, json, markdown
}

/// What people read on a terminal or in Markdown, and programs as JSON.
package protocol Renderable {
    func plain() -> String
    func markdown() -> String
}

extension Renderable {
    /// - Parameter value: what it shows, for JSON.
    package func rendered(as format: OutputFormat, json value: some Encodable) throws -> String {
        switch format {
        case .table: plain()
        case .markdown: markdown()
        case .json: try renderJSON(value)
        }
    }
}

/// Rows with a title per column, for people: the one renderer behind every list that `evalctl` prints.
package struct TextTable: Renderable, Sendable {
    package enum Alignment: Sendable { case left, right }

    package struct Column: Sendable {
        package var title: String
        package var alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    package var columns: [Column]
    package var rows: [[String]]

    package init(_ columns: [Column], rows: [[String]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// Columns padded with spaces, titles first, lines without trailing spaces.
    package func plain() -> String {
        let printable = rows.map { $0.map(\.printable) }
        let widths = columnWidths(cells: printable)
        let lines = [columns.map(\.title)] + printable
        return lines.map { line in
            let cells = zip(zip(line, columns), widths).map { pad($0.0, to: $1, $0.1.alignment) }
            return trimmingTrailingSpaces(cells.joined(separator: "  "))
        }.joined(separator: "\n") + "\n"
    }

    /// A GitHub table.
    package func markdown() -> String {
        let escaped = rows.map { $0.map(\.inMarkdown) }
        let widths = columnWidths(cells: escaped).map { max($0, 3) }
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let titles = line(zip(columns, widths).map { pad($0.title, to: $1, .left) })
        let rule = zip(columns, widths).map { column, width in
            column.alignment == .right ? String(repeating: "-", count: width - 1) + ":" : String(repeating: "-", count: width)
        }
        let body = escaped.map { row in line(zip(zip(row, columns), widths).map { pad($0.0, to: $1, $0.1.alignment) }) }
        return ([titles, line(rule)] + body).joined(separator: "\n") + "\n"
    }

    private func columnWidths(cells: [[String]]) -> [Int] {
        columns.indices.map { column in
            cells.reduce(columns[column].title.count) { max($0, $1[column].count) }
        }
    }

    private func pad(_ text: String, to width: Int, _ alignment: Alignment) -> String {
        let space = String(repeating: " ", count: max(width - text.count, 0))
        return alignment == .left ? text + space : space + text
    }

    private func trimmingTrailingSpaces(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }
}

/// JSON as every command prints it: sorted keys, two spaces, a newline at the end.
package func renderJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}

extension String {
    /// This text as Markdown that shows it: no tag, link, image, emphasis, or end of a line or cell comes of what it holds.
    var inMarkdown: String {
        var escaped = ""
        for scalar in printable.unicodeScalars {
            if "\\|<>[]`*".unicodeScalars.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }
}
