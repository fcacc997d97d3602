internal import Diagnostics
internal import Evaluation
internal import Reports

extension RunPage {
    /// What an audit counted; how to make one, where there is none.
    var certificate: Markup? {
        let sentence = Markup.prose("Certificate: \(report.certificateText)")
        return sentence + (content.certificate.map(details) ?? Markup())
    }

    private func details(_ certificate: Certificate) -> Markup {
        let path = certificate.spikePath
        let operations = TextTable(
            [.init("operation"), .init("on spike paths", .right), .init("in the first convolution", .right)],
            rows: [
                ["multiplications", NumberText.grouped(path.multiplications), NumberText.grouped(certificate.inputLayer.multiplications)],
                ["additions", NumberText.grouped(path.additions), "-"], ["subtractions", NumberText.grouped(path.subtractions), "-"],
                ["shifts", NumberText.grouped(path.shifts), "-"], ["comparisons", NumberText.grouped(path.comparisons), "-"],
            ])
        let multiplied = TextTable(
            [.init("cause"), .init("multiplications", .right), .init("spike path"), .init("in fixed point")],
            rows: certificate.multiplied.map {
                [$0.cause, NumberText.grouped($0.multiplications), $0.onSpikePath ? "yes" : "no", $0.instead]
            })
        let energy = TextTable(
            [.init("costs"), .init("nJ per image", .right), .init("with neurons", .right)],
            rows: certificate.energy.sorted { $0.key < $1.key }.map { name, one in
                [
                    name, NumberText.fixed(one.perImage / 1000, 3),
                    NumberText.fixed(one.withNeurons / 1000 / Double(max(certificate.images, 1)), 3),
                ]
            })
        let images =
            certificate.images.counted(certificate.imageSource == "generated" ? "generated image" : "image")
        return Figure.pair(
            PageTable.table(operations, caption: "Operations of \(images)"),
            PageTable.table(multiplied, caption: "What is multiplied")
                + PageTable.table(energy, caption: Certificate.Energy.formula))
    }
}
