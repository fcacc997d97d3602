internal import Diagnostics
package import Evaluation

extension RunReport {
    /// The report in `format`, with a newline at the end.
    package func rendered(as format: OutputFormat) throws -> String {
        switch format {
        case .json: try renderJSON(self)
        case .table: plainText
        case .markdown: "## \(title.inMarkdown)\n\n\(completeness)\n\n\(table.markdown())"
        }
    }

    /// One sentence: how many images the figures count.
    package var completeness: String {
        if complete { return "\(images.evaluated) of \(images.expected.counted("image"))" }
        var text = "INCOMPLETE (\(images.evaluated) of \(images.expected))"
        var reasons: [String] = []
        if images.failed > 0 { reasons.append("\(images.failed) failed") }
        if state != .finished { reasons.append("the run is \(state.rawValue)") }
        if !reasons.isEmpty { text += ": " + reasons.joined(separator: ", ") }
        return text
    }

    private var title: String { "Run \(run): \(model) on \(dataset)" }

    private var plainText: String {
        let rows = table.rows.map { $0.map(\.printable) }
        let width = rows.map { $0[0].count }.max() ?? 0
        let lines = rows.map { $0[0] + String(repeating: " ", count: width - $0[0].count + 2) + $0[1] }
        return "\(title.printable)\n\(completeness)\n\n" + lines.joined(separator: "\n") + "\n"
    }

    private var table: TextTable {
        func row(_ accuracy: Accuracy) -> String {
            guard images.evaluated > 0 else { return "none: no image has a prediction" }
            let counts = "\(accuracy.correct) of \(images.evaluated); 95 % interval \(NumberText.range(accuracy.ci95))"
            return "\(NumberText.percent(accuracy.accuracy))  (\(counts))\(engineRemark)"
        }
        func row(_ percentiles: Percentiles) -> String {
            guard images.evaluated > 0 else { return "none" }
            return [("p50", percentiles.p50), ("p90", percentiles.p90), ("p99", percentiles.p99), ("max", percentiles.max)]
                .map { "\($0) \(NumberText.milliseconds($1))" }.joined(separator: ", ")
        }
        return TextTable(
            [.init("figure"), .init("value")],
            rows: failureRows + [
                ["top-1", row(top1)],
                ["top-5", row(top5)],
            ] + networkRows.filter { $0[0] == "published top-1" } + (classes?.sentence.map { [["classes", $0]] } ?? []) + engineNotes + [
                ["top-1 by time step", topByTimeStep]
            ] + labelSetRows + [
                ["engine", "\(engine), T = \(timeSteps)"],
                ["spikes per image", NumberText.mean(spikesPerImage, 1)],
                ["firing rate", NumberText.mean(firingRate, 4)],
                ["synaptic operations per image", synapticOperationsPerImage.map { NumberText.grouped(Int($0.rounded())) } ?? "none"],
            ] + energyRows + [
                ["decode", row(latency.decode)],
                ["preprocess", row(latency.preprocess)],
                ["inference", row(latency.inference)],
                ["total per image", row(latency.total)],
                ["images per second", imagesPerSecond.map { "\(NumberText.fixed($0, 1)) with \(workers.counted("worker"))" } ?? "none"],
            ] + networkRows.filter { $0[0] != "published top-1" } + [
                ["certificate", certificateText],
                ["model sha256", provenance.modelSHA256],
                ["manifest sha256", provenance.manifestSHA256],
                ["preprocessing", preprocessingText],
                ["made by", madeBy],
            ])
    }

    private var madeBy: String {
        let kernels = provenance.kernels.isEmpty ? "" : ", kernels \(provenance.kernels.joined(separator: ", "))"
        return "evalctl \(provenance.version) on \(provenance.instructionSets.joined(separator: ", "))\(kernels)"
    }

    /// Why images have no prediction, a row a cause.
    private var failureRows: [[String]] {
        (failures ?? []).map { cause in
            ["no prediction", "\(NumberText.grouped(cause.images)) by \(cause.code), for example \(cause.example)"]
        }
    }

    private var topByTimeStep: String {
        guard images.evaluated > 0 else { return "none" }
        // Of many the powers of two and the last.
        let isLong = top1ByTimeStep.count > 8
        let steps = top1ByTimeStep.indices.filter { !isLong || ($0 + 1) & $0 == 0 || $0 == top1ByTimeStep.count - 1 }
        return steps.map { step in
            let text = (isLong ? "T = \(step + 1): " : "") + (top1ByTimeStep[step].map { NumberText.percent($0) } ?? "none")
            guard top1ByTimeStepIntervals.indices.contains(step), let interval = top1ByTimeStepIntervals[step] else { return text }
            return "\(text) (\(NumberText.range(interval)))"
        }.joined(separator: ", ")
    }

    private var labelSetRows: [[String]] {
        labelSets.flatMap { set in
            [("top-1", set.top1), ("top-5", set.top5)].map { rank, accuracy in
                guard set.images > 0 else { return ["\(rank) by \(set.name)", "none: no evaluated image has such a label"] }
                return [
                    "\(rank) by \(set.name)",
                    "\(NumberText.percent(accuracy.accuracy))  (\(accuracy.correct) of \(set.images); 95 % interval \(NumberText.range(accuracy.ci95)))",
                ]
            }
        }
    }

    private var energyRows: [[String]] {
        guard images.evaluated > 0 else { return [["energy per image", "none"]] }
        guard let energy else { return [["energy per image", EnergyEstimate.absence(engine: engine)]] }
        var rows = [["energy per image", "\(NumberText.significant(energy.millijoulesPerImage)) mJ = \(energy.formula)"]]
        if let habit = energy.habit { rows.append(["", habit]) }
        return rows
    }
}
