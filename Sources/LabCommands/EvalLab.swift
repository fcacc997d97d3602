package import ArgumentParser
internal import Commands
internal import NoWork

/// `eval-lab`: what the project is measured and tried with. Not for operating, and no part of an installation.
package struct EvalLab: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "eval-lab", abstract: "Measures this machine and the pipeline, and tries how the pipeline holds.",
        version: programVersion,
        subcommands: [ChaosCommand.self, BenchCommand.self, LabWorkerCommand.self, BrokerCommand.self])

    package init() {}
}

/// What jobs travel through.
enum TransportChoice: String, ExpressibleByArgument, CaseIterable {
    case postgres, kafka
}

/// `eval-worker`, which takes runs of the network of no work as well.
struct LabWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Works as eval-worker does, and takes runs of no work.", shouldDisplay: false)

    @OptionGroup var options: WorkerOptions

    @Option(help: "A file that the times of all claims are written to at the end.")
    var claimTimes: String?

    func run() throws {
        try options.work(
            hashEngines: [NoWorkEngine.engineName: { try NoWorkEngine(network: NoWorkEngine.layersNetwork()) }], claimTimesFile: claimTimes)
    }
}
