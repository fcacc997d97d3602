internal import Diagnostics
internal import Evaluation
internal import Reports

extension RunPage {
    /// Classes that are taken for each other.
    var confusedPairs: Markup {
        let pairs = content.confusion.pairs
        guard !pairs.isEmpty else { return Markup() }
        return PageTable.table(
            TextTable(
                [
                    .init("class"), .init("other"), .init("images", .right), .init("class as other", .right),
                    .init("other as class", .right),
                ],
                rows: pairs.prefix(12).map {
                    [$0.name ?? "\($0.label)", $0.otherName ?? "\($0.other)", "\($0.images)", "\($0.asOther)", "\($0.otherAsClass)"]
                }), caption: "Classes that are taken for each other, the most confused first")
    }

    /// The matrix, or its block of the most confused classes.
    var confusionFigure: Markup {
        let excerpt = content.confusion
        guard excerpt.labels.count > 1 else { return Markup() }
        let known = Dictionary(content.classes.map { ($0.label, $0) }) { first, _ in first }
        var names = known.compactMapValues(\.name)
        for pair in excerpt.pairs {
            names[pair.label] = pair.name ?? names[pair.label]
            names[pair.other] = pair.otherName ?? names[pair.other]
        }
        func name(_ label: Int) -> String { Drawing.shortened(names[label] ?? "\(label)", Self.nameLimit) }
        let images = Dictionary(excerpt.cells.map { ([$0.label, $0.predicted], $0.images) }) { first, _ in first }
        func share(_ label: Int, _ count: Int) -> Double { Double(count) / Double(max(known[label]?.images ?? 0, 1)) }
        let most = excerpt.cells.filter { $0.label != $0.predicted }.map { share($0.label, $0.images) }.max() ?? 0
        let cells = excerpt.labels.map { label in
            let row = excerpt.labels.map { predicted -> HeatMap.Cell in
                let count = images[[label, predicted]] ?? 0
                let part = share(label, count)
                return HeatMap.Cell(
                    fraction: label == predicted || count == 0 ? nil : part / most, text: count == 0 ? nil : "\(count)",
                    isOwn: label == predicted,
                    title: "\(name(label)) taken for \(name(predicted)): \(count) of \((known[label]?.images ?? 0).counted("image")), "
                        + NumberText.percent(part, digits: 1))
            }
            guard !excerpt.isWhole else { return row }
            let others = (known[label]?.images ?? 0) - excerpt.cells.reduce(0) { $0 + ($1.label == label ? $1.images : 0) }
            return row + [HeatMap.Cell(text: others == 0 ? nil : "\(others)", title: "\(name(label)) taken for another class: \(others)")]
        }
        let chart = HeatMap(
            label:
                "Confusion matrix of \(excerpt.labels.count.counted("class")); the most confused share of a class is \(NumberText.percent(most)).",
            rows: excerpt.labels.map(name), columns: excerpt.labels.map(name) + (excerpt.isWhole ? [] : ["all others"]), cells: cells,
            rowTitle: "label", columnTitle: "prediction", scale: ("of the label's images", "0 %", NumberText.percent(most, digits: 1)),
            turnsNames: true)
        let which =
            excerpt.isWhole
            ? ""
            : " The block of the \(excerpt.labels.count.counted("class")) that are most often taken for each other, of \(content.classes.count);"
                + " all others stand in the last column."
        return Figure.markup(
            "Confusion matrix", "Images by label and prediction. Colours show mistakes alone; the diagonal is what is right.\(which)",
            chart.markup)
    }
}
