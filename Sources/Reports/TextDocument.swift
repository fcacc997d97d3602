internal import Diagnostics

/// What a command says to people: a title, sentences and tables, as plain text or as Markdown.
package struct TextDocument: Renderable, Sendable {
    package enum Block: Sendable {
        case sentence(String)
        case table(String, TextTable)
    }

    package var title: String
    package var blocks: [Block]

    package init(_ title: String, _ blocks: [Block] = []) {
        self.title = title
        self.blocks = blocks
    }

    package mutating func say(_ sentence: String) { blocks.append(.sentence(sentence)) }

    /// Adds a table, unless it has no rows.
    package mutating func show(_ heading: String, _ table: TextTable) {
        if !table.rows.isEmpty { blocks.append(.table(heading, table)) }
    }

    package func plain() -> String {
        text(title: title.printable + "\n", sentence: \.printable) { heading, table in
            "\n" + (heading.isEmpty ? "" : heading.printable + "\n") + table.plain()
        }
    }

    package func markdown() -> String {
        text(title: "## \(title.inMarkdown)\n\n", sentence: \.inMarkdown) { heading, table in
            "\n" + (heading.isEmpty ? "" : "### \(heading.inMarkdown)\n\n") + table.markdown()
        }
    }

    /// - Parameters:
    ///   - shown: a sentence as it is shown.
    ///   - table: the text of a table under its heading, which begins with an empty line.
    private func text(title: String, sentence shown: (String) -> String, table: (String, TextTable) -> String) -> String {
        var text = title
        var followsTable = false
        for block in blocks {
            switch block {
            case .sentence(let sentence):
                text += (followsTable ? "\n" : "") + shown(sentence) + "\n"
                followsTable = false
            case .table(let heading, let rows):
                text += table(heading, rows)
                followsTable = true
            }
        }
        return text
    }
}
