package import Evaluation

/// Accuracies by class.
package struct ClassReport: Sendable, Encodable {
    package var run: RunID
    package var classes: [ClassAccuracy]

    package init(run: RunID, classes: [ClassAccuracy]) {
        self.run = run
        self.classes = classes
    }

    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(run): accuracy by class")
        document.show(
            "",
            TextTable(
                [
                    .init("class"), .init("images", .right), .init("right", .right), .init("top-1", .right), .init("95 % interval"),
                    .init("top-5", .right), .init("95 % interval"),
                ],
                rows: classes.map { one in
                    [
                        one.name ?? "\(one.label)", "\(one.images)", "\(one.top1.correct)", NumberText.percent(one.top1.accuracy),
                        NumberText.range(one.top1.ci95), NumberText.percent(one.top5.accuracy), NumberText.range(one.top5.ci95),
                    ]
                }))
        return try document.rendered(as: format, json: self)
    }
}

/// What classes are taken for.
package struct ConfusionReport: Sendable, Encodable {
    package var run: RunID
    /// Most confused first.
    package var pairs: [ConfusedPair]
    /// Cells that are not zero.
    package var cells: [ConfusionCell]

    package init(run: RunID, pairs: [ConfusedPair], cells: [ConfusionCell]) {
        self.run = run
        self.pairs = pairs
        self.cells = cells
    }

    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(run): classes that are taken for each other")
        document.show(
            "",
            TextTable(
                [
                    .init("class"), .init("other"), .init("images", .right), .init("class as other", .right),
                    .init("other as class", .right),
                ],
                rows: pairs.map {
                    [$0.name ?? "\($0.label)", $0.otherName ?? "\($0.other)", "\($0.images)", "\($0.asOther)", "\($0.otherAsClass)"]
                }))
        return try document.rendered(as: format, json: self)
    }

    /// The whole matrix as CSV: a line a class, a column a prediction, both by index.
    /// - Parameter names: the classes' names, by index; classes beyond them that were predicted get columns by their index.
    package func matrix(names: [String]) -> String {
        let size = max(names.count, (cells.map { max($0.label, $0.predicted) }.max() ?? -1) + 1)
        func name(_ label: Int) -> String { CSVText.quoted(names.indices.contains(label) ? names[label] : "\(label)") }
        var text = (["label"] + (0..<size).map(name)).joined(separator: ",") + "\n"
        var position = 0
        for label in 0..<size {
            var row = [Int](repeating: 0, count: size)
            while position < cells.count, cells[position].label == label {
                row[cells[position].predicted] = cells[position].images
                position += 1
            }
            text += name(label) + "," + row.map { String($0) }.joined(separator: ",") + "\n"
        }
        return text
    }
}

/// The worst mistakes with their first five classes.
package struct MistakeReport: Sendable, Encodable {
    package var run: RunID
    package var mistakes: [Mistake]

    package init(run: RunID, mistakes: [Mistake]) {
        self.run = run
        self.mistakes = mistakes
    }

    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(run): worst mistakes")
        document.show(
            "",
            TextTable(
                [
                    .init("image"), .init("label"), .init("place", .right), .init("margin", .right),
                    .init("first five, with their mean logits"),
                ],
                rows: mistakes.map { one in
                    [
                        one.path, one.labelName ?? "\(one.label)", "\(one.labelPlace)", NumberText.fixed(one.margin, 3),
                        one.top5.map { "\($0.name) \(NumberText.fixed($0.score, 2))" }.joined(separator: "; "),
                    ]
                }))
        return try document.rendered(as: format, json: self)
    }
}
