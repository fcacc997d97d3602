package import Evaluation

/// A run's activity as somebody else counts it, beside ours. Its JSON form is documented in `docs/answers.md`.
package struct DialectReport: Sendable, Encodable {
    package var run: RunID
    package var dialect: ActivityDialect
    package var figures: [DialectFigure]

    package init(run: RunID, dialect: ActivityDialect, figures: [DialectFigure]) {
        self.run = run
        self.dialect = dialect
        self.figures = figures
    }

    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(run): activity as \(title), per image")
        document.show(
            "",
            TextTable(
                [.init("figure"), .init("value", .right), .init("ours"), .init("value", .right)],
                rows: figures.map { figure in
                    [figure.name, Self.number(figure.value), figure.oursName ?? "-", figure.ours.map(Self.number) ?? "-"]
                }))
        if dialect == .neurobench { document.say("As the harness prints it: \(printedByHarness)") }
        for figure in figures { document.say("\(figure.name): \(figure.difference)") }
        return try document.rendered(as: format, json: self)
    }

    private var title: String {
        switch dialect {
        case .neurobench: "NeuroBench's harness counts it"
        case .spikingjelly: "SpikingJelly's SynOpCounter counts it"
        case .paper: "papers count it, rate times FLOPs"
        }
    }

    /// Python's text of the harness's results.
    private var printedByHarness: String {
        let operations = ["Effective_MACs", "Effective_ACs", "Dense"]
        func pairs(_ figures: [DialectFigure]) -> [String] {
            figures.map { "'\($0.name)': \($0.name == "Footprint" ? "\(Int($0.value))" : "\($0.value)")" }
        }
        let inner = pairs(figures.filter { operations.contains($0.name) }).joined(separator: ", ")
        let outer = pairs(figures.filter { !operations.contains($0.name) }) + ["'SynapticOperations': {\(inner)}"]
        return "{\(outer.joined(separator: ", "))}"
    }

    private static func number(_ value: Double) -> String {
        abs(value) >= 100 ? NumberText.grouped(Int(value.rounded())) : NumberText.significant(value)
    }
}
