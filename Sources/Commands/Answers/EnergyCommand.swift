internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct EnergyCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "energy", abstract: "Estimates what an image takes, by named tables of costs, over images and classes.",
        discussion:
            "E = MACs of the first convolution x E_MAC + synaptic operations x E_AC. Arithmetic alone: no memory traffic, no neuron updates. The first convolution counts once an image; beside it stands the sum with it in each time step."
    )

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @OptionGroup var energyOptions: EnergyOptions

    @Option(help: "How many of the most and of the least costly classes to show; JSON has all.")
    var classes = 5

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard classes >= 0 else { throw ValidationError("--classes takes a number from 0") }
    }

    func run(_ store: EvaluationStore) throws {
        let stored = try store.queue.unprunedRun(runID)
        guard EnergyEstimate.isOf(engine: stored.specification.engine) else {
            throw Failure(
                Failure.Code("energy.multiplies"),
                "run \(runID) was computed by \(stored.specification.engine), which multiplies by every weight: the energy of additions is not its own",
                remedy: "run the model with --engine fixed32 or fixed16")
        }
        guard let macs = try store.answers.firstConvolutionOperations(of: stored) else {
            throw Failure(
                Failure.Code("energy.unknown_architecture"),
                "the model of run \(runID) has no architecture with image, patch and dim",
                remedy: "add the checkpoint again with `evalctl model add`")
        }
        let distributions = try store.answers.costDistributions(of: runID)
        let chosen = try energyOptions.costs(store)
        let report = EnergyReport(
            run: runID, images: distributions.first?.images ?? 0, macsPerImage: macs,
            synapticOperationsPerImage: distributions.first { $0.quantity == "synops" }?.mean,
            timeSteps: stored.specification.timeSteps,
            costs: [chosen] + (try store.answers.energyCosts().filter { $0.name != chosen.name }), distributions: distributions,
            classes: try store.answers.classCosts(of: runID))
        output(try report.rendered(as: format, classLimit: classes))
    }
}
