internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compares runs image by image: is one more accurate, and could this many images show it?",
        discussion: """
            Two runs: accuracies with 95 % intervals, their difference (the first less the second) with Newcombe's paired score interval, the exact \
            McNemar test, spikes, synaptic operations and latencies, and the classes that changed most. More runs: every two of them, the p values \
            corrected by Holm's method. Only images that both runs evaluated count.
            """)

    @Argument(help: ArgumentHelp("Two runs or more.", valueName: "runs"))
    var runs: [RunID]

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

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                let named = try runs.map { (run: $0, name: try store.modelName(of: $0)) }
                if named.count == 2 {
                    let comparison = RunComparison(
                        a: named[0], b: named[1], counts: try store.pairedCounts(runs[0], runs[1]),
                        costs: try store.costDifferences(runs[0], runs[1]), classes: try store.classChanges(runs[0], runs[1]))
                    return output(try comparison.rendered(as: format, classLimit: classes))
                }
                var comparisons: [RunComparison] = []
                for (index, a) in named.enumerated() {
                    for b in named.dropFirst(index + 1) {
                        comparisons.append(RunComparison(a: a, b: b, counts: try store.pairedCounts(a.run, b.run)))
                    }
                }
                output(try RunComparisonTable(comparisons).rendered(as: format))
            }
        }
    }
}
