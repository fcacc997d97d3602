internal import Diagnostics
internal import Evaluation

extension RunComparison {
    /// - Parameter classLimit: how many changed classes a table shows; JSON has all of them.
    package func rendered(as format: OutputFormat, classLimit: Int = 10) throws -> String {
        var document = TextDocument("Run \(a.run) (\(a.name)) against run \(b.run) (\(b.name))")
        document.say("\(NumberText.grouped(images, "image")) that both evaluated, top-1")
        if let remark = pairing.remark { document.say(remark) }
        document.show(
            "",
            TextTable(
                [
                    .init("run", .right), .init("model"), .init("top-1", .right), .init("95 % interval"), .init("correct", .right),
                    .init("alone right", .right),
                ],
                rows: [(a, aOnly), (b, bOnly)].map { side, only in
                    [
                        "\(side.run)", side.name, NumberText.percent(side.accuracy), NumberText.range(side.ci95),
                        "\(side.correct)", "\(only)",
                    ]
                }))
        document.say(
            "difference \(NumberText.points(difference)), 95 % interval \(NumberText.pointRange(differenceInterval)) "
                + "(run \(a.run) less run \(b.run); Newcombe's paired score interval)")
        document.say(
            "exact McNemar test p = \(NumberText.probability(mcnemarExactP)), on \((aOnly + bOnly).counted("image")) that one run alone has right"
        )
        document.say(resolution)
        document.show("Per image (A less B; latencies are those of the machines that ran it)", costTable)
        document.show("Most changed classes", classTable(limit: classLimit))
        return try document.rendered(as: format, json: self)
    }

    /// What a difference must be for so many images to show it.
    package var resolution: String {
        guard let resolvableDifference else { return "so few images can show no difference at the 5 % level" }
        return
            "so many images, with so many discordant, show a difference of \(NumberText.points(resolvableDifference).drop { $0 == "+" }) "
            + "or more at the 5 % level four times in five"
    }

    private var costTable: TextTable {
        TextTable(
            [
                .init("quantity"), .init("run \(a.run)", .right), .init("run \(b.run)", .right), .init("difference", .right),
                .init("95 % interval"),
            ],
            rows: costs.map { cost in
                [
                    cost.quantity, NumberText.fixed(cost.a, 1), NumberText.fixed(cost.b, 1), NumberText.signed(cost.difference, 1),
                    cost.ci95.map { "\(NumberText.signed($0.low, 1)) to \(NumberText.signed($0.high, 1))" } ?? "-",
                ]
            })
    }

    private func classTable(limit: Int) -> TextTable {
        TextTable(
            [
                .init("class"), .init("images", .right), .init("right in \(a.run)", .right), .init("right in \(b.run)", .right),
                .init("difference", .right), .init("p", .right), .init("p after Holm", .right),
            ],
            rows: classes.prefix(limit).map { change in
                [
                    change.name ?? "\(change.label)", "\(change.images)", "\(change.aCorrect)", "\(change.bCorrect)",
                    NumberText.points(change.difference), NumberText.probability(change.mcnemarExactP),
                    NumberText.probability(change.holmP),
                ]
            })
    }
}

extension PairedImages {
    /// Said where images were not paired by content.
    var remark: String? {
        guard pairing == .path else { return nil }
        return
            "paired by path alone: \(otherBytes.counted("pair")) with other bytes, \(otherLabels) with another label; each run counts by its own labels"
    }
}

extension RunComparisonTable {
    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Top-1 of every two runs")
        document.show(
            "",
            TextTable(
                [
                    .init("A", .right), .init("B", .right), .init("images", .right), .init("A", .right), .init("B", .right),
                    .init("A alone", .right),
                    .init("B alone", .right), .init("A less B", .right), .init("95 % interval"), .init("p", .right),
                    .init("p after Holm", .right),
                    .init("resolvable", .right),
                ],
                rows: pairs.map { pair in
                    let one = pair.comparison
                    return [
                        "\(one.a.run)", "\(one.b.run)", "\(one.images)", NumberText.percent(one.a.accuracy),
                        NumberText.percent(one.b.accuracy),
                        "\(one.aOnly)", "\(one.bOnly)", NumberText.points(one.difference), NumberText.pointRange(one.differenceInterval),
                        NumberText.probability(one.mcnemarExactP), NumberText.probability(pair.holmP),
                        one.resolvableDifference.map { NumberText.fixed($0 * 100, 2) } ?? "-",
                    ]
                }))
        let byPath = pairs.filter { $0.comparison.pairing.pairing == .path }
        if !byPath.isEmpty {
            document.say(
                "Images are paired by path alone: up to \(byPath.map(\.comparison.pairing.otherBytes).max() ?? 0) have other bytes, "
                    + "up to \(byPath.map(\.comparison.pairing.otherLabels).max() ?? 0) another label.")
        }
        document.say(
            "Differences are in points with Newcombe's paired score interval; p is the exact McNemar test's, corrected by Holm's method "
                + "for \(pairs.count.counted("comparison")).")
        return try document.rendered(as: format, json: self)
    }
}
