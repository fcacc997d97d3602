internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct CompareCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares runs image by image: is one more accurate, and could this many images show it?",
        discussion: """
            Two runs: accuracies with 95 % intervals, their difference (the first less the second) with Newcombe's paired score interval, the exact \
            McNemar test, spikes, synaptic operations and latencies, and the classes that changed most. More runs: every two of them, the p values \
            corrected by Holm's method. Only images that both runs evaluated count; of different data sets those of the same bytes and label \
            belong together.
            """)

    @Argument(help: ArgumentHelp("Two runs or more.", valueName: "runs"))
    var runs: [RunID]

    @OptionGroup var pairingOptions: PairingOptions

    @Option(help: "How many changed classes to show; JSON has all.")
    var classes = 10

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard (2...50).contains(runs.count), Set(runs).count == runs.count else {
            throw ValidationError("name 2 to 50 different runs")
        }
        guard classes >= 0 else { throw ValidationError("--classes takes a number from 0") }
    }

    func run(_ store: EvaluationStore) throws {
        let pairing = pairingOptions.pairing
        let named = try runs.map { (run: $0, name: try store.answers.modelName(of: $0)) }
        let subsets = try runs.filter { try store.queue.unprunedRun($0).specification.onlyListedClasses }
        if (1..<runs.count).contains(subsets.count) {
            note(
                "in run \(subsets.map { "\($0)" }.joined(separator: ", ")) only classes that the data set has images of rank, else all"
            )
        }
        let pairs = named.indices.flatMap { a in named.indices.dropFirst(a + 1).map { (named[a], named[$0]) } }
        let comparisons = try pairs.map { a, b in
            try pairingOptions.check(a.run, b.run, store)
            return try store.answers.paired(by: pairing) { try comparison(a, b, store) }
        }
        if comparisons.count == 1 { return output(try comparisons[0].rendered(as: format, classLimit: classes)) }
        output(try RunComparisonTable(comparisons).rendered(as: format))
    }

    /// - Returns: with costs and classes where there are two runs alone.
    private func comparison(
        _ a: (run: RunID, name: String), _ b: (run: RunID, name: String), _ store: EvaluationStore
    ) throws -> RunComparison {
        RunComparison(
            a: a, b: b, counts: try store.answers.pairedCounts(a.run, b.run),
            pairing: try store.answers.pairedImages(a.run, b.run, by: pairingOptions.pairing),
            costs: runs.count == 2 ? try store.answers.costDifferences(a.run, b.run) : [],
            classes: runs.count == 2 ? try store.answers.classChanges(a.run, b.run) : [])
    }
}

/// Which images of two data sets belong together.
struct PairingOptions: ParsableArguments {
    @Flag(help: "Pair images by their path alone, where data sets have the same paths with other bytes or labels.")
    var pairByPath = false

    var pairing: Pairing { pairByPath ? .path : .content }

    /// - Throws: `compare.different_images` where images differ and nobody asked for such a comparison.
    func check(_ a: RunID, _ b: RunID, _ store: EvaluationStore) throws {
        if !pairByPath { try store.answers.requireSameImages(a, b) }
    }
}
