internal import Diagnostics
internal import Evaluation
internal import Reports

extension RunPage {
    /// Accuracy by time step, and against what it costs.
    var accuracy: Markup? {
        guard report.images.evaluated > 0, !anytime.points.isEmpty else { return nil }
        return Figure.pair(byTimeStep, againstEnergy) + .element("p", ["class": "note"], EnergyNote.text(report))
    }

    private var anytime: AnytimeReport {
        AnytimeReport(
            run: report.run, engine: report.engine, points: content.anytime, costs: content.costs, macsPerImage: report.energy?.macsPerImage
        )
    }

    private var byTimeStep: Markup {
        let rows = anytime.points.compactMap {
            row -> (step: Int, top1: RunReport.Accuracy, top5: RunReport.Accuracy, row: AnytimeReport.Point)? in
            guard case .timeSteps(let step) = row.point.rule else { return nil }
            return (
                step, .init(correct: row.point.top1Correct, evaluated: row.point.images),
                .init(correct: row.point.top5Correct ?? 0, evaluated: row.point.images), row
            )
        }
        func series(_ name: String, _ style: Int, _ accuracy: (Int) -> RunReport.Accuracy) -> LineChart.Series {
            LineChart.Series(
                name: name,
                points: rows.indices.map { index in
                    let one = accuracy(index)
                    return LineChart.Point(
                        x: Double(rows[index].step), y: one.accuracy, interval: (one.ci95.low, one.ci95.high),
                        title: "\(name), T = \(rows[index].step): \(NumberText.percent(one.accuracy)), \(NumberText.range(one.ci95))")
                }, style: style, hasBand: true, hasMarks: rows.count <= 40)
        }
        let low = rows.map { min($0.top1.ci95.low, $0.top5.ci95.low) }.min() ?? 0
        let high = rows.map { max($0.top1.ci95.high, $0.top5.ci95.high) }.max() ?? 1
        let chart = LineChart(
            label:
                "Top-1 and top-5 accuracy after 1 to \(rows.count.counted("time step")); top-1 ends at \(NumberText.percent(report.top1.accuracy)).",
            x: .steps("time steps T", count: report.timeSteps),
            y: .linear("accuracy, %", from: low, to: high, within: 0...1, factor: 100),
            series: [series("top-1", 0) { rows[$0].top1 }, series("top-5", 2) { rows[$0].top5 }])
        let numbers = TextTable(
            [
                .init("T", .right), .init("top-1", .right), .init("95 % interval"), .init("top-5", .right), .init("95 % interval"),
                .init("spikes", .right), .init("synops", .right), .init("mJ", .right),
            ],
            rows: rows.map { one in
                [
                    "\(one.step)", NumberText.percent(one.top1.accuracy), NumberText.range(one.top1.ci95),
                    NumberText.percent(one.top5.accuracy), NumberText.range(one.top5.ci95),
                    NumberText.grouped(Int(one.row.point.spikesPerImage.rounded())),
                    NumberText.grouped(Int(one.row.point.synapticOperationsPerImage.rounded())),
                    one.row.millijoules.map(NumberText.significant) ?? "-",
                ]
            })
        return Figure.markup(
            "Accuracy by time step", "What a run with only so many time steps predicts, with Wilson's 95 % intervals.", chart.markup,
            numbers: numbers)
    }

    private var againstEnergy: Markup {
        let rows = anytime.points.filter { $0.point.images > 0 }
        let hasEnergy = rows.allSatisfy { $0.millijoules != nil }
        func cost(_ row: AnytimeReport.Point) -> Double { row.millijoules ?? row.point.synapticOperationsPerImage }
        func accuracy(_ row: AnytimeReport.Point) -> RunReport.Accuracy {
            .init(correct: row.point.top1Correct, evaluated: row.point.images)
        }
        let unit = hasEnergy ? "mJ" : "synops"
        let kinds: [(name: String, style: Int, rows: [AnytimeReport.Point])] = [
            ("time steps", 0, rows.filter { if case .timeSteps = $0.point.rule { true } else { false } }),
            ("exit by margin", 1, rows.filter { if case .margin = $0.point.rule { true } else { false } }),
            ("exit when stable", 2, rows.filter { if case .stable = $0.point.rule { true } else { false } }),
        ]
        // Whiskers of very many points would hide them.
        let hasBands = kinds.contains { $0.rows.count > 12 }
        let series = kinds.filter { !$0.rows.isEmpty }.map { kind in
            LineChart.Series(
                name: kind.name,
                points: kind.rows.map { row in
                    let (one, way) = (accuracy(row), AnytimeReport.name(of: row.point.rule))
                    var label: String?
                    if case .timeSteps(let steps) = row.point.rule, kind.rows.count <= 12 { label = "T = \(steps)" }
                    return LineChart.Point(
                        x: cost(row), y: one.accuracy, interval: (one.ci95.low, one.ci95.high), label: label,
                        title:
                            "\(way): \(NumberText.percent(one.accuracy)), \(NumberText.range(one.ci95)), \(NumberText.significant(cost(row))) \(unit)"
                    )
                }, style: kind.style, hasBand: hasBands, hasMarks: kind.rows.count <= 40)
        }
        let intervals = rows.map { accuracy($0).ci95 }
        let chart = LineChart(
            label: "Top-1 accuracy against \(hasEnergy ? "energy" : "synaptic operations") per image for \(rows.count) ways of stopping.",
            x: .linear(
                hasEnergy ? "energy per image, mJ (\(content.costs.name))" : "synaptic operations per image", from: 0,
                to: rows.map(cost).max() ?? 1),
            y: .linear(
                "top-1, %", from: intervals.map(\.low).min() ?? 0, to: intervals.map(\.high).max() ?? 1, within: 0...1, factor: 100),
            series: series)
        let numbers = TextTable(
            [
                .init("way of stopping"), .init(unit, .right), .init("top-1", .right), .init("95 % interval"), .init("time steps", .right),
                .init("synops", .right), .init("best"),
            ],
            rows: rows.map { row in
                let isBest = anytime.frontier.contains { $0.point == row.point }
                return [
                    AnytimeReport.name(of: row.point.rule), NumberText.significant(cost(row)), NumberText.percent(accuracy(row).accuracy),
                    NumberText.range(accuracy(row).ci95), NumberText.fixed(row.point.timeStepsPerImage, 2),
                    NumberText.grouped(Int(row.point.synapticOperationsPerImage.rounded())), isBest ? "yes" : "",
                ]
            })
        return Figure.markup(
            "Accuracy against energy",
            "What fewer time steps, and stopping early by a rule, give and take.", chart.markup,
            note: "Early exits are evaluated exactly, from the stored rows: an image stops once its margin is large enough, or once enough "
                + "predictions in a row are equal. The best ways are those that no other beats in both. A threshold chosen on the images it is "
                + "judged by flatters itself.", numbers: numbers)
    }
}

/// The formula behind energies, with its numbers.
enum EnergyNote {
    static func text(_ report: RunReport) -> String {
        guard let energy = report.energy else { return "Energy per image: \(EnergyEstimate.absence(engine: report.engine))." }
        return "Energy is arithmetic alone, no memory traffic and no neuron updates: E = \(energy.formula) = "
            + "\(NumberText.significant(energy.millijoulesPerImage)) mJ per image with all time steps"
            + (energy.habit.map { "; \($0)." } ?? ".")
    }
}
