internal import Diagnostics
internal import Evaluation
internal import Reports

extension RunPage {
    /// Up to this many classes have a bar each.
    private static let barLimit = 60
    /// Names are not shown longer than this, wherever they come from: a page has many.
    static let nameLimit = 120
    /// As many of the best and of the worst of more classes.
    private static let endLimit = 15

    /// Accuracy of the classes, and what they are taken for.
    var classes: Markup? {
        guard !content.classes.isEmpty else { return nil }
        let sorted = content.classes.sorted { ($0.top1.accuracy, $0.label) < ($1.top1.accuracy, $1.label) }
        if sorted.count <= Self.barLimit {
            let bars = Figure.markup(
                "Accuracy by class", "Top-1 with Wilson's 95 % interval, the hardest class first.",
                bars(sorted, label: "Top-1 accuracy of \(sorted.count.counted("class"))."), numbers: table(sorted))
            return Figure.pair(.element("div", [:], bars, confusedPairs), confusionFigure)
        }
        let ends = Figure.pair(
            Figure.markup(
                "The hardest classes", "Top-1 with Wilson's 95 % interval: \(Self.endLimit) of \(sorted.count).",
                bars(Array(sorted.prefix(Self.endLimit)), label: "Top-1 accuracy of the \(Self.endLimit) hardest classes.")),
            Figure.markup(
                "The easiest classes", "Top-1 with Wilson's 95 % interval: \(Self.endLimit) of \(sorted.count).",
                bars(sorted.suffix(Self.endLimit).reversed(), label: "Top-1 accuracy of the \(Self.endLimit) easiest classes.")))
        return Figure.pair(curve(sorted), distribution(sorted)) + ends
            + PageTable.folded("All \(sorted.count.counted("class"))", PageTable.table(table(sorted)), isLong: true)
            + Figure.pair(confusionFigure, confusedPairs)
    }

    private func name(_ one: ClassAccuracy) -> String { Drawing.shortened(one.name ?? "\(one.label)", Self.nameLimit) }

    private func bars(_ classes: [ClassAccuracy], label: String) -> Markup {
        BarChart(
            label: label, axis: .linear("top-1, %", from: 0, to: 1, factor: 100),
            bars: classes.map { one in
                BarChart.Bar(
                    name: name(one), value: one.top1.accuracy, interval: (one.top1.ci95.low, one.top1.ci95.high),
                    text: "\(NumberText.percent(one.top1.accuracy, digits: 1)) of \(one.images)")
            }
        ).markup
    }

    private func table(_ classes: [ClassAccuracy]) -> TextTable {
        TextTable(
            [
                .init("class"), .init("images", .right), .init("right", .right), .init("top-1", .right), .init("95 % interval"),
                .init("top-5", .right), .init("95 % interval"),
            ],
            rows: classes.map { one in
                [
                    name(one), "\(one.images)", "\(one.top1.correct)", NumberText.percent(one.top1.accuracy),
                    NumberText.range(one.top1.ci95),
                    NumberText.percent(one.top5.accuracy), NumberText.range(one.top5.ci95),
                ]
            })
    }

    /// All classes by rising accuracy.
    private func curve(_ sorted: [ClassAccuracy]) -> Markup {
        // A drawing that is 500 pixels wide does not show more points.
        let places = Sample.evenly(sorted.count, limit: 500)
        func series(_ name: String, _ style: Int, _ accuracy: (ClassAccuracy) -> RunReport.Accuracy, band: Bool) -> LineChart.Series {
            LineChart.Series(
                name: name,
                points: places.map { place in
                    let one = accuracy(sorted[place])
                    return LineChart.Point(x: Double(place + 1), y: one.accuracy, interval: (one.ci95.low, one.ci95.high))
                }, style: style, hasBand: band, hasMarks: false)
        }
        let chart = LineChart(
            label:
                "Top-1 accuracy of \(sorted.count.counted("class")) in rising order, from \(NumberText.percent(sorted[0].top1.accuracy)) to "
                + "\(NumberText.percent(sorted[sorted.count - 1].top1.accuracy)).",
            x: .linear("classes, the hardest first", from: 0, to: Double(sorted.count), within: 0...Double(sorted.count)),
            y: .linear("top-1, %", from: 0, to: 1, factor: 100), series: [series("top-1", 0, { $0.top1 }, band: true)])
        return Figure.markup(
            "Classes by accuracy", "Top-1 of every class with Wilson's 95 % intervals, sorted; half of the classes are below the middle.",
            chart.markup)
    }

    private func distribution(_ sorted: [ClassAccuracy]) -> Markup {
        let count = 20
        var counts = [Int](repeating: 0, count: count)
        for one in sorted { counts[min(Int(one.top1.accuracy * Double(count)), count - 1)] += 1 }
        let most = counts.max() ?? 0
        let chart = Histogram(
            label: "How many of \(sorted.count.counted("class")) have which top-1 accuracy.",
            axis: .linear("top-1 of the class, %", from: 0, to: 1, factor: 100),
            panels: [
                .init(
                    name: "classes",
                    bins: counts.enumerated().map { index, number in
                        let (low, high) = (Double(index) / Double(count), Double(index + 1) / Double(count))
                        return .init(
                            low: low, high: high, count: Double(number),
                            title: "\(NumberText.fixed(low * 100, 0)) to \(NumberText.fixed(high * 100, 0)) %: \(number.counted("class"))")
                    }, marks: [("median", sorted[sorted.count / 2].top1.accuracy)], remark: "highest bar: \(most.counted("class"))")
            ], panelHeight: 200)
        return Figure.markup("Distribution of the classes", "How many classes lie in each twentieth of the scale.", chart.markup)
    }
}

extension Sample {
    /// At most `limit` of the numbers below `total`, the first and the last among them where it is above 1, about equally far apart.
    static func evenly(_ total: Int, limit: Int) -> [Int] {
        guard limit > 0 else { return [] }
        guard total > limit else { return Array(0..<max(total, 0)) }
        guard limit > 1 else { return [total / 2] }
        return (0..<limit).map { $0 * (total - 1) / (limit - 1) }
    }
}
