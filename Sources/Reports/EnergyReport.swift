package import Evaluation

/// What a run's images cost. Its JSON form is documented in `docs/answers.md`.
package struct EnergyReport: Sendable, Encodable {
    /// A class and what one of its images takes.
    package struct ClassEnergy: Sendable, Encodable {
        package var cost: ClassCost
        package var millijoules: Double

        enum CodingKeys: String, CodingKey { case millijoules = "millijoules_per_image" }

        package func encode(to encoder: any Encoder) throws {
            try cost.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(millijoules, forKey: .millijoules)
        }
    }

    package var run: RunID
    package var images: Int
    /// The same operations by each table of costs, the chosen one first; none where no image was evaluated.
    package var estimates: [EnergyEstimate]
    /// Millijoules of the p5, p50, p95 image and so on are those of the operations here.
    package var distributions: [CostDistribution]
    /// The most costly class first.
    package var classes: [ClassEnergy]

    package init(
        run: RunID, images: Int, macsPerImage: Int, synapticOperationsPerImage: Double?, timeSteps: Int, costs: [EnergyCosts],
        distributions: [CostDistribution], classes: [ClassCost]
    ) {
        self.run = run
        self.images = images
        estimates = costs.compactMap { costs in
            synapticOperationsPerImage.map {
                EnergyEstimate(costs: costs, macsPerImage: macsPerImage, synapticOperationsPerImage: $0, timeSteps: timeSteps)
            }
        }
        self.distributions = distributions
        self.classes = classes.map { cost in
            ClassEnergy(
                cost: cost,
                millijoules: costs.first?.millijoules(macs: Double(macsPerImage), synapticOperations: cost.synapticOperationsPerImage) ?? 0)
        }
    }
}

extension EnergyReport {
    /// - Parameter classLimit: how many of the most and of the least costly classes tables show; JSON has all.
    package func rendered(as format: OutputFormat, classLimit: Int = 5) throws -> String {
        var document = TextDocument("Run \(run): energy per image, over \(NumberText.grouped(images, "image"))")
        if let chosen = estimates.first {
            document.say(
                "E = MACs x E_MAC + synaptic operations x E_AC = \(chosen.formula) = \(NumberText.significant(chosen.millijoulesPerImage)) mJ"
            )
            if let habit = chosen.habit { document.say(habit) }
        } else {
            document.say("none: no image has a prediction")
        }
        document.say("MACs are the first convolution's, which reads pixels; arithmetic alone, no memory traffic and no neuron updates")
        document.show("By table of costs", costTable)
        document.show("Over the images", distributionTable)
        document.show("Most costly classes", classTable(Array(classes.prefix(classLimit))))
        document.show("Least costly classes", classTable(classes.suffix(classLimit).reversed()))
        return try document.rendered(as: format, json: self)
    }

    private var costTable: TextTable {
        TextTable(
            [
                .init("costs"), .init("pJ per AC", .right), .init("pJ per MAC", .right), .init("MACs, mJ", .right),
                .init("ACs, mJ", .right),
                .init("mJ per image", .right), .init("input T times, mJ", .right),
            ],
            rows: estimates.map { estimate in
                let macs = estimate.costs.millijoules(macs: Double(estimate.macsPerImage), synapticOperations: 0)
                return [
                    estimate.costs.name, "\(estimate.costs.ac)", "\(estimate.costs.mac)", NumberText.significant(macs),
                    NumberText.significant(estimate.millijoulesPerImage - macs), NumberText.significant(estimate.millijoulesPerImage),
                    estimate.millijoulesRepeated.map(NumberText.significant) ?? "-",
                ]
            })
    }

    private var distributionTable: TextTable {
        func row(_ name: String, _ of: CostDistribution, _ text: (Double) -> String) -> [String] {
            [name, text(of.mean), text(of.deviation)]
                + [of.minimum, of.p5, of.p25, of.p50, of.p75, of.p95, of.maximum].map { text(Double($0)) }
        }
        var rows = distributions.map { row($0.quantity, $0) { NumberText.grouped(Int($0.rounded())) } }
        if let chosen = estimates.first, let operations = distributions.first(where: { $0.quantity == "synops" }) {
            var energy = row("mJ", operations) {
                NumberText.significant(chosen.costs.millijoules(macs: Double(chosen.macsPerImage), synapticOperations: $0))
            }
            energy[2] = NumberText.significant(chosen.costs.millijoules(macs: 0, synapticOperations: operations.deviation))
            rows.append(energy)
        }
        let titles = ["mean", "deviation", "least", "p5", "p25", "p50", "p75", "p95", "most"]
        return TextTable([.init("per image")] + titles.map { .init($0, .right) }, rows: rows)
    }

    private func classTable(_ classes: [ClassEnergy]) -> TextTable {
        TextTable(
            [
                .init("class"), .init("images", .right), .init("spikes", .right), .init("synops", .right), .init("mJ", .right),
                .init("top-1", .right), .init("95 % interval"),
            ],
            rows: classes.map { row in
                let correct = Int((row.cost.top1Accuracy * Double(row.cost.images)).rounded())
                return [
                    row.cost.name ?? "\(row.cost.label)", "\(row.cost.images)", NumberText.grouped(Int(row.cost.spikesPerImage.rounded())),
                    NumberText.grouped(Int(row.cost.synapticOperationsPerImage.rounded())), NumberText.significant(row.millijoules),
                    NumberText.percent(row.cost.top1Accuracy), NumberText.range(.wilson(correct, of: row.cost.images)),
                ]
            })
    }
}
