internal import Diagnostics
package import Evaluation

extension RunReport {
    private static let titles = [
        "model", "engine", "T", "images", "top-1 (95 % interval)", "top-5 (95 % interval)", "synops", "energy (input T times)",
    ]

    /// The report's figures as cells of a paper's table; `percent` and `giga` are the marks of the target format.
    private func cells(percent: String) -> [String] {
        func accuracy(_ one: Accuracy) -> String {
            guard images.evaluated > 0 else { return "none" }
            let interval = "\(NumberText.fixed(one.ci95.low * 100, 2))-\(NumberText.fixed(one.ci95.high * 100, 2))"
            return "\(NumberText.fixed(one.accuracy * 100, 2))\(percent) (\(interval))"
        }
        return [
            model, engine, "\(timeSteps)", counted, accuracy(top1),
            accuracy(top5), synapticOperationsPerImage.map { NumberText.significant($0 / 1e9) + " G" } ?? "none",
            energyCell,
        ]
    }

    /// How many images are counted, and why not all.
    private var counted: String {
        guard !complete else { return "\(images.evaluated)" }
        let causes = (failures ?? []).map { "\($0.images) \($0.code)" }.joined(separator: ", ")
        return "\(images.evaluated) of \(images.expected)" + (causes.isEmpty ? "" : " (\(causes))")
    }

    /// Ours, and behind it the sum with the first convolution in each time step.
    private var energyCell: String {
        guard let energy, images.evaluated > 0 else { return "-" }
        let habit = energy.millijoulesRepeated.map { " (\(NumberText.significant($0)))" } ?? ""
        return NumberText.significant(energy.millijoulesPerImage) + " mJ" + habit
    }

    /// A row of a LaTeX table, with the titles before it as a comment where `header` is asked for.
    package func latexRow(header: Bool) -> String {
        let escaped = cells(percent: "%").map { Self.latex($0.printable) }
        let titles = header ? "% " + Self.titles.joined(separator: " & ") + "\n" : ""
        let remark = assumptions.map { " % assumed of the network: \($0.printable)" } ?? ""
        return titles + escaped.joined(separator: " & ") + " \\\\\(remark)\n"
    }

    /// A row of a Markdown table, with the table's head where `header` is asked for.
    package func markdownRow(header: Bool) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        let head = header ? line(Self.titles) + line(Self.titles.map { _ in "---" }) : ""
        var cells = cells(percent: " %")
        if let assumptions { cells[0] += " (assumed: \(assumptions))" }
        return head + line(cells.map(\.inMarkdown))
    }

    /// `text` with the characters escaped that mean something in LaTeX.
    private static func latex(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\textbackslash{}"
            case "~": escaped += "\\textasciitilde{}"
            case "^": escaped += "\\textasciicircum{}"
            case "&", "%", "$", "#", "_", "{", "}": escaped += "\\\(character)"
            default: escaped.append(character)
            }
        }
        return escaped.replacing(" (", with: "~(")
    }
}
