internal import Diagnostics
internal import Evaluation
internal import Reports

extension RunPage {
    /// Whether it counts every image, and the first figures.
    var lead: Markup {
        let completeness =
            report.complete
            ? Markup.element("p", [:], report.completeness) : .element("p", ["class": "warning", "role": "status"], report.completeness)
        let assumed = report.assumptions.map {
            Markup.element("p", [:], "Assumed of the network, which its checkpoint does not tell: \($0).")
        }
        return completeness + .element("div", ["class": "tiles"], tiles.map { tile($0.0, $0.1, $0.2) }) + (assumed ?? Markup()) + failures
    }

    private var tiles: [(String, String, String)] {
        var tiles = [
            (
                "top-1", NumberText.accuracy(report.top1.accuracy, of: report.images.evaluated),
                "95 % interval \(NumberText.range(report.top1.ci95))"
            ),
            (
                "top-5", NumberText.accuracy(report.top5.accuracy, of: report.images.evaluated),
                "95 % interval \(NumberText.range(report.top5.ci95))"
            ),
        ]
        for set in report.labelSets {
            tiles.append(
                (
                    "top-1 by \(set.name)", NumberText.accuracy(set.top1.accuracy, of: set.images),
                    "\(NumberText.range(set.top1.ci95)), \(set.images.counted("image"))"
                ))
        }
        if let energy = report.energy {
            tiles.append(("energy per image", "\(NumberText.significant(energy.millijoulesPerImage)) mJ", energyRemark(energy)))
        }
        tiles += [
            ("synaptic operations", operations, "per image, true fan-out"),
            ("firing rate", NumberText.mean(report.firingRate, 4), "spikes per neuron and time step"),
            ("inference", NumberText.milliseconds(report.latency.inference.p50), "per image and thread, median"),
            (
                "throughput", report.imagesPerSecond.map { "\(NumberText.fixed($0, 1)) images/s" } ?? "none",
                report.workers.counted("worker")
            ),
        ]
        if let certificate = report.certificate {
            tiles.append(("MFI certificate", certificate.grade.rawValue, "T = \(report.timeSteps), \(report.engine)"))
        }
        return tiles
    }

    /// Whole, or in thousands of millions where that would be long.
    private var operations: String {
        guard let count = report.synapticOperationsPerImage else { return "none" }
        return count < 1e9 ? NumberText.grouped(Int(count.rounded())) : "\(NumberText.significant(count / 1e9)) G"
    }

    private func tile(_ name: String, _ value: String, _ remark: String) -> Markup {
        .element("div", ["class": "tile"], .element("span", [:], name), .element("b", [:], value), .element("span", [:], remark))
    }

    private func energyRemark(_ energy: EnergyEstimate) -> String {
        guard let repeated = energy.millijoulesRepeated else { return energy.costs.name }
        return "\(energy.costs.name), first convolution once; T times: \(NumberText.significant(repeated)) mJ"
    }

    private var failures: Markup {
        guard let failures = report.failures, !failures.isEmpty else { return Markup() }
        let table = TextTable(
            [.init("cause"), .init("images", .right), .init("for example")],
            rows: failures.map { [$0.code, NumberText.grouped($0.images), $0.example] })
        return PageTable.table(table, caption: "Images without a prediction")
    }

    /// What the run was made of.
    var provenance: Markup {
        let made = report.provenance
        func code(_ text: String) -> Markup { .element("code", [:], text) }
        var rows: [(String, Markup)] = [
            ("run", .text("\(report.run), \(report.state.rawValue)")), ("model", .text(report.model)),
            ("model sha256", code(made.modelSHA256)),
        ]
        rows += report.networkRows.map { ($0[0], .text($0[1])) }
        rows += [
            ("data set", .text(report.dataset)), ("manifest sha256", code(made.manifestSHA256)),
            ("preprocessing", .text(report.preprocessingText)), ("engine", .text("\(report.engine), T = \(report.timeSteps)")),
            ("made by", .text("evalctl \(made.version)")), ("instruction sets", .text(made.instructionSets.joined(separator: ", "))),
            ("kernels", .text(made.kernels.isEmpty ? "-" : made.kernels.joined(separator: ", "))),
            ("shards", .text("\(made.shards)")), ("submitted", .text(made.submittedAt)),
        ]
        if let finished = made.finishedAt { rows.append(("finished", .text(finished))) }
        return PageTable.facts(rows)
    }
}
