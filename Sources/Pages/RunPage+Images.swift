internal import Evaluation
internal import Foundation
internal import Reports

extension RunPage {
    /// The most confident mistakes, as the network saw them.
    var images: Markup? {
        guard !content.worst.isEmpty else { return nil }
        let wrong = report.images.evaluated - report.top1.correct
        return .element(
            "p", [:],
            "\(content.worst.count) of \(NumberText.grouped(wrong)) mistakes, those with the largest margin between the first class and the "
                + "second, as the network saw them: resized and cropped.")
            + .element("ul", ["class": "gallery"], content.worst.map(item))
    }

    private func item(_ image: WorstImage) -> Markup {
        let mistake = image.mistake
        let label = mistake.labelName ?? "\(mistake.label)"
        let taken = mistake.top5.first.map(\.name) ?? "-"
        let ranks = mistake.top5.map { "\($0.name) \(NumberText.fixed($0.score, 2))" }.joined(separator: "; ")
        return .element(
            "li", [:],
            [
                picture(image, alternative: "\(mistake.path): \(label), taken for \(taken)"),
                .element("b", [:], Drawing.shortened(label, 60)), .text(" taken for "), .element("b", [:], Drawing.shortened(taken, 60)),
                .text(" by \(NumberText.fixed(mistake.margin, 2)); the label came \(Self.ordinal(mistake.labelPlace)). "),
                .element("span", ["class": "name", "title": ranks], Drawing.shortened(mistake.path, 120)),
            ])
    }

    private func picture(_ image: WorstImage, alternative: String) -> Markup {
        switch image.picture {
        case .png(let file, let width, let height):
            .empty(
                "img",
                [
                    "class": "pixels", "width": "\(width)", "height": "\(height)", "alt": alternative,
                    "src": PictureSource.dataURI(file),
                ])
        case .missing(let reason):
            .element("span", ["class": "missing"], "no picture: \(Drawing.shortened(reason, 200))")
        }
    }

    private static func ordinal(_ place: Int) -> String {
        switch (place % 10, place % 100) {
        case (1, let last) where last != 11: "\(place)st"
        case (2, let last) where last != 12: "\(place)nd"
        case (3, let last) where last != 13: "\(place)rd"
        default: "\(place)th"
        }
    }
}

enum PictureSource {
    /// A PNG file as the source of an `img`.
    static func dataURI(_ png: [UInt8]) -> String { "data:image/png;base64," + Data(png).base64EncodedString() }
}
