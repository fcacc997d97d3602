/// One self-contained file: no script, nothing fetched from anywhere. It is well-formed as HTML and as XML.
struct Page {
    var title: String
    /// Between the title and the first section.
    var lead: Markup
    var sections: [Section]

    /// A part of a page with a heading.
    struct Section {
        /// For links; letters and hyphens.
        var id: String
        var title: String
        var content: Markup

        /// Nil content makes no section.
        init?(_ id: String, _ title: String, _ content: Markup?) {
            guard let content else { return nil }
            self.id = id
            self.title = title
            self.content = content
        }
    }

    /// Allows the page's own style sheet and pictures, and nothing else: whatever a name may hold, nothing runs and nothing is fetched.
    private static let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

    var html: String {
        let head = Markup.element(
            "head", [:],
            [
                .empty("meta", ["charset": "utf-8"]),
                .empty("meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy]),
                .empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
                .empty("meta", ["name": "color-scheme", "content": "light dark"]),
                .element("title", [:], title), .text("\n"), .styleSheet(StyleSheet.rules),
            ])
        let contents = Markup.element(
            "nav", ["aria-label": "Sections"],
            sections.map { section in .element("a", ["href": "#\(section.id)"], section.title) + .text(" ") })
        let body = sections.map { section in
            Markup.element(
                "section", ["id": section.id, "aria-labelledby": "\(section.id)-title"],
                [.element("h2", ["id": "\(section.id)-title"], section.title), section.content]) + .text("\n")
        }
        let main = Markup.element("main", [:], [.element("h1", [:], title), lead, contents, .text("\n")] + body)
        let document = Markup.element(
            "html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"], [head, .element("body", [:], [main])])
        return "<!DOCTYPE html>\n" + document.source + "\n"
    }
}
