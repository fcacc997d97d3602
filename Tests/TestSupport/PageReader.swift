package import Foundation
package import FoundationXML
package import Testing

/// A page as a reader of XML sees it: whether it is well-formed, and what is in it.
package final class PageReader: NSObject, XMLParserDelegate {
    package struct Element {
        package var name: String
        package var attributes: [String: String]
        /// All text below it.
        package var text = ""
    }

    /// In the order of their start tags.
    package private(set) var elements: [Element] = []
    private var open: [Int] = []

    package init(_ page: String) throws {
        super.init()
        try #require(page.hasPrefix("<!DOCTYPE html>\n"))
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = self
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    }

    package func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    package func texts(_ name: String) -> [String] { all(name).map(\.text) }

    /// Text of all rows of tables, cells joined by ` | `.
    package var rows: [String] {
        var rows: [String] = []
        for element in elements {
            if element.name == "tr" { rows.append("") }
            if element.name == "th" || element.name == "td", !rows.isEmpty {
                rows[rows.count - 1] += (rows[rows.count - 1].isEmpty ? "" : " | ") + element.text
            }
        }
        return rows
    }

    package func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes))
    }

    package func parser(_ parser: XMLParser, foundCharacters text: String) {
        for index in open { elements[index].text += text }
    }

    package func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }

    /// What every page holds to: a language, one title and first heading, figures with words instead of pictures, and nothing that runs or
    /// is fetched.
    package func expectGoodManners(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(all("html").first?.attributes["lang"] == "en", sourceLocation: sourceLocation)
        #expect(all("title").first?.text == all("h1").first?.text && all("h1").count == 1, sourceLocation: sourceLocation)
        for drawing in all("svg") {
            #expect(
                drawing.attributes["role"] == "img" && drawing.attributes["aria-label"]?.isEmpty == false, sourceLocation: sourceLocation)
        }
        for picture in all("img") {
            #expect(picture.attributes["alt"]?.isEmpty == false, sourceLocation: sourceLocation)
            #expect(picture.attributes["src"]?.hasPrefix("data:image/png;base64,") == true, sourceLocation: sourceLocation)
        }
        #expect(all("script").isEmpty && all("link").isEmpty && all("iframe").isEmpty, sourceLocation: sourceLocation)
        for element in elements {
            for (name, value) in element.attributes {
                #expect(!name.hasPrefix("on"), "\(element.name) \(name)", sourceLocation: sourceLocation)
                if name == "href" { #expect(value.hasPrefix("#"), sourceLocation: sourceLocation) }
                if ["x", "y", "x1", "x2", "y1", "y2", "width", "height", "d", "points"].contains(name) {
                    #expect(
                        !value.contains("n") && !value.contains("-L"), "\(element.name) \(name)=\(value.prefix(60))",
                        sourceLocation: sourceLocation)
                }
                if ["width", "height"].contains(name) {
                    #expect((Double(value) ?? -1) >= 0, "\(element.name) \(name)=\(value)", sourceLocation: sourceLocation)
                }
            }
        }
        // Every place that a link names is there, once.
        let places = elements.compactMap { $0.attributes["id"] }
        #expect(Set(places).count == places.count, sourceLocation: sourceLocation)
        for link in all("a") {
            #expect(places.contains(String(link.attributes["href"]?.dropFirst() ?? "?")), sourceLocation: sourceLocation)
        }
    }
}
