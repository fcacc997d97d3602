package import Evaluation

/// Two runs, image by image. Its JSON form is documented in `docs/answers.md`.
package struct RunComparison: Sendable, Hashable, Encodable {
    package struct Side: Sendable, Hashable, Encodable {
        package var run: RunID
        package var name: String
        package var correct: Int
        package var accuracy: Double
        package var ci95: Interval
    }

    package var images: Int
    package var pairing: PairedImages
    package var a: Side
    package var b: Side
    package var both: Int
    package var aOnly: Int
    package var bOnly: Int
    package var neither: Int
    /// A less B.
    package var difference: Double
    package var differenceInterval: Interval
    package var mcnemarExactP: Double
    /// Absent below six images.
    package var resolvableDifference: Double?
    package var costs: [CostDifference]
    /// Classes on which the runs differ, the most changed first.
    package var classes: [ClassChange]

    enum CodingKeys: String, CodingKey {
        case images, pairing, a, b, both, neither, difference, costs, classes
        case aOnly = "a_only"
        case bOnly = "b_only"
        case differenceInterval = "difference_ci95"
        case mcnemarExactP = "mcnemar_exact_p"
        case resolvableDifference = "resolvable_difference"
    }

    package init(
        a: (run: RunID, name: String), b: (run: RunID, name: String), counts: PairedCounts, pairing: PairedImages = PairedImages(),
        costs: [CostDifference] = [], classes: [ClassChange] = []
    ) {
        func side(_ run: (run: RunID, name: String), _ correct: Int) -> Side {
            Side(
                run: run.run, name: run.name, correct: correct, accuracy: counts.images == 0 ? 0 : Double(correct) / Double(counts.images),
                ci95: .wilson(correct, of: counts.images))
        }
        images = counts.images
        self.pairing = pairing
        self.a = side(a, counts.aCorrect)
        self.b = side(b, counts.bCorrect)
        both = counts.both
        aOnly = counts.aOnly
        bOnly = counts.bOnly
        neither = counts.neither
        difference = counts.difference
        differenceInterval = counts.differenceInterval
        mcnemarExactP = counts.mcnemarExactP
        resolvableDifference = counts.resolvableDifference
        self.costs = costs
        self.classes = classes.filter { $0.aOnly + $0.bOnly > 0 }
    }
}

/// More than two runs: every two of them, the p values corrected for their number.
package struct RunComparisonTable: Sendable, Hashable, Encodable {
    package struct Pair: Sendable, Hashable, Encodable {
        package var comparison: RunComparison
        package var holmP: Double

        enum CodingKeys: String, CodingKey {
            case images, a, b, difference
            case aOnly = "a_only"
            case bOnly = "b_only"
            case differenceInterval = "difference_ci95"
            case mcnemarExactP = "mcnemar_exact_p"
            case holmP = "holm_p"
            case resolvableDifference = "resolvable_difference"
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(comparison.images, forKey: .images)
            try container.encode(comparison.a, forKey: .a)
            try container.encode(comparison.b, forKey: .b)
            try container.encode(comparison.aOnly, forKey: .aOnly)
            try container.encode(comparison.bOnly, forKey: .bOnly)
            try container.encode(comparison.difference, forKey: .difference)
            try container.encode(comparison.differenceInterval, forKey: .differenceInterval)
            try container.encode(comparison.mcnemarExactP, forKey: .mcnemarExactP)
            try container.encode(holmP, forKey: .holmP)
            try container.encodeIfPresent(comparison.resolvableDifference, forKey: .resolvableDifference)
        }
    }

    package var pairs: [Pair]

    package init(_ comparisons: [RunComparison]) {
        pairs = zip(comparisons, MultipleTesting.holm(comparisons.map(\.mcnemarExactP))).map { Pair(comparison: $0, holmP: $1) }
    }
}
