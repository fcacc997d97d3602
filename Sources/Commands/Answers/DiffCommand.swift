internal import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import Engine
internal import Evaluation
internal import EvaluationStore
internal import Reports
internal import Worker

struct DiffCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Shows where two runs part: in weights, pixels or arithmetic, and from which layer and time step on.",
        discussion: """
            The rows tell which images changed their prediction and in which time step spike counts first differ. The layer is found by computing \
            the first of those images again here, as both runs did; without the images, sums over shards tell it for all images together.
            """)

    @Argument(help: "The first run's number.")
    var a: RunID

    @Argument(help: "The second run's number.")
    var b: RunID

    @OptionGroup var pairingOptions: PairingOptions

    @Option(help: "How many changed images to show.")
    var limit = 20

    @Option(help: "How many of them to compute again.")
    var recompute = 5

    @OptionGroup var recomputationOptions: RecomputationOptions

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard a != b else { throw ValidationError("name two different runs") }
        guard (0...1_000_000).contains(limit) else { throw ValidationError("--limit takes 0 to 1000000") }
        guard (0...10_000).contains(recompute) else { throw ValidationError("--recompute takes 0 to 10000") }
    }

    func run(_ store: EvaluationStore) throws {
        try pairingOptions.check(a, b, store)
        var (counts, changes) = try store.answers.differences(a, b, pairing: pairingOptions.pairing, limit: limit)
        if recompute > 0, !changes.isEmpty {
            do {
                try computeAgain(&changes, store: store)
            } catch let failure as Failure {
                note("no image is computed again here: \(failure)")
            }
        }
        let report = RunDifferenceReport(
            a: try store.answers.provenance(of: a), b: try store.answers.provenance(of: b), differences: counts,
            firstByShards: counts.rows > 0 ? try firstByShards(store) : nil, changes: changes)
        output(try report.rendered(as: format))
    }

    /// Computes the first changed images as both runs did, and finds where their spikes part.
    private func computeAgain(_ changes: inout [PredictionChange], store: EvaluationStore) throws {
        let chosen = min(recompute, changes.count)
        let source = try recomputationOptions.source(store, database: databaseOptions)
        let (forA, forB) = (try source.recomputation(of: a), try source.recomputation(of: b))
        let storedA = try rows(a, changes.prefix(chosen).map(\.a.ordinal), store)
        let storedB = try rows(b, changes.prefix(chosen).map(\.b.ordinal), store)
        let computedA = try forA.compute(storedA.map(\.image), threads: recomputationOptions.threadCount)
        let computedB = try forB.compute(storedB.map(\.image), threads: recomputationOptions.threadCount)
        for index in 0..<min(chosen, computedA.count, computedB.count) {
            let (one, other) = (try computedA[index].get(), try computedB[index].get())
            changes[index].recomputed = RecomputedDifference(
                aReproduced: storedA[index].prediction.differences(from: one.prediction).isEmpty,
                bReproduced: storedB[index].prediction.differences(from: other.prediction).isEmpty,
                hasSamePixels: one.pixels == other.pixels,
                first: forA.groupNames == forB.groupNames
                    ? SpikePlace.first(
                        one.inference.spikes, other.inference.spikes, names: forA.groupNames, flow: forA.groupsInDataFlow) : nil)
        }
    }

    /// The stored rows at these places, in this order.
    private func rows(_ run: RunID, _ ordinals: [Int], _ store: EvaluationStore) throws -> [(prediction: Prediction, image: StoredImage)] {
        let found = Dictionary(try store.answers.stored(of: run, ordinals: ordinals).map { ($0.image.ordinal, $0) }) { first, _ in first }
        return ordinals.compactMap { found[$0] }
    }

    /// The first layer, in the order of the data, whose sums over some shard differ.
    private func firstByShards(_ store: EvaluationStore) throws -> ShardSpikePlace? {
        let differing = try store.answers.activityDifferences(a, b)
        guard let step = differing.map(\.timeStep).min() else { return nil }
        let model = try store.catalogue.model(id: store.queue.unprunedRun(a).specification.modelID)
        guard let flow = try? model.description().dataFlow else { return nil }
        for group in flow {
            if let one = differing.first(where: { $0.timeStep == step && $0.layer == group.layer }) {
                return ShardSpikePlace(timeStep: step, layer: group.name, shards: one.shards)
            }
        }
        return nil
    }
}
