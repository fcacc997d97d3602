internal import Diagnostics
package import Evaluation

extension AnytimeReport {
    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(run): accuracy against energy")
        document.say(EnergyCosts.formulaText(costs, macs: macsPerImage, engine: engine))
        document.show("By number of time steps", table(rows: points.filter { $0.point.top5Correct != nil }, withTop5: true))
        document.show(
            "By early exit (each image stops where its rule holds, from the stored rows)",
            table(rows: points.filter { $0.point.top5Correct == nil }, withTop5: false))
        document.show("Accuracy against energy (ways that no other beats in both)", curve)
        document.say("A threshold chosen on the images it is judged by flatters itself: choose it on others.")
        return try document.rendered(as: format, json: self)
    }

    private func table(rows: [Point], withTop5: Bool) -> TextTable {
        let columns: [TextTable.Column] = [
            .init(withTop5 ? "time steps" : "rule"), .init("top-1", .right), .init("95 % interval"),
        ]
        let further: [TextTable.Column] = withTop5 ? [.init("top-5", .right), .init("95 % interval")] : [.init("time steps", .right)]
        return TextTable(
            columns + further + [.init("spikes", .right), .init("synops", .right), .init("mJ", .right)],
            rows: rows.map { row in
                let top1 = RunReport.Accuracy(correct: row.point.top1Correct, evaluated: row.point.images)
                var cells = [row.point.rule.text, NumberText.accuracy(top1.accuracy, of: row.point.images), NumberText.range(top1.ci95)]
                if let correct = row.point.top5Correct {
                    let top5 = RunReport.Accuracy(correct: correct, evaluated: row.point.images)
                    cells += [NumberText.accuracy(top5.accuracy, of: row.point.images), NumberText.range(top5.ci95)]
                } else {
                    cells.append(NumberText.fixed(row.point.timeStepsPerImage, 2))
                }
                return cells + [
                    NumberText.grouped(Int(row.point.spikesPerImage.rounded())),
                    NumberText.grouped(Int(row.point.synapticOperationsPerImage.rounded())),
                    row.millijoules.map(NumberText.significant) ?? "-",
                ]
            })
    }

    /// The ways of stopping that no other beats in both accuracy and operations, by rising cost, with a bar of their accuracy.
    private var curve: TextTable {
        let best = frontier
        return TextTable(
            [.init("mJ", .right), .init("top-1", .right), .init(""), .init("way")],
            rows: best.map { row in
                let accuracy = RunReport.Accuracy(correct: row.point.top1Correct, evaluated: row.point.images).accuracy
                return [
                    row.millijoules.map(NumberText.significant) ?? "-", NumberText.percent(accuracy),
                    String(repeating: "#", count: Int((accuracy * 40).rounded())), row.point.rule.longText,
                ]
            })
    }

    /// What people call a way of stopping (`4 time steps`, `margin 0.5`, `2 equal in a row`).
    package static func name(of rule: ExitRule) -> String { rule.longText }

    /// The points on the upper left of the curve, by rising cost.
    package var frontier: [Point] {
        let ordered = points.filter { $0.point.images > 0 }.sorted { one, other in
            let costs = (one.point.synapticOperationsPerImage, other.point.synapticOperationsPerImage)
            return costs.0 != costs.1 ? costs.0 < costs.1 : one.point.top1Correct > other.point.top1Correct
        }
        var best = -1
        return ordered.filter { row in
            guard row.point.top1Correct > best else { return false }
            best = row.point.top1Correct
            return true
        }
    }
}

extension ExitRule {
    var text: String {
        switch self {
        case .timeSteps(let steps): "\(steps)"
        case .margin(let margin): "margin \(NumberText.significant(margin))"
        case .stable(let length): "\(length) equal in a row"
        }
    }

    var longText: String {
        switch self {
        case .timeSteps(let steps): steps.counted("time step")
        case .margin, .stable: text
        }
    }
}

extension EnergyCosts {
    /// The formula that energies here follow, in one sentence.
    static func formulaText(_ costs: EnergyCosts, macs: Int?, engine: String) -> String {
        guard let macs else { return "energy per image: \(EnergyEstimate.absence(engine: engine))" }
        return
            "Energy per image, arithmetic alone: E = \(NumberText.grouped(macs)) MACs of the first convolution, once an image, x \(costs.mac) pJ "
            + "+ synaptic operations x \(costs.ac) pJ (\(costs.name))"
    }
}
