internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports
internal import Worker

struct VerifyCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Computes random images of a run again on this machine and compares them to the bit; exits with 3 where one differs.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "How many images to compute; all where the run has no more.")
    var sample = 500

    @Option(help: "The same seed draws the same images.")
    var seed: UInt64 = 1

    @OptionGroup var recomputationOptions: RecomputationOptions

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard (1...10_000_000).contains(sample) else { throw ValidationError("--sample takes 1 to 10000000") }
    }

    func run(_ store: EvaluationStore) throws {
        let run = try store.queue.unprunedRun(runID)
        let evaluated = try store.answers.evaluatedOrdinals(of: runID)
        guard !evaluated.isEmpty else {
            throw Failure(Failure.Code("verify.no_images"), "run \(runID) has no prediction yet", remedy: "wait until it has some")
        }
        let ordinals = Sample.indices(sample, below: evaluated.count, seed: seed).map { evaluated[$0] }
        let problems = try problems(ordinals, store: store)
        let report = VerificationReport(
            run: runID, engine: run.specification.engine, instructionSet: InstructionSet.name, seed: seed, images: ordinals.count,
            problems: problems)
        output(try report.rendered(as: format))
        if !problems.isEmpty { throw ProgramExit.differs }
    }

    /// Computes the images piece by piece, so that memory does not grow with the sample.
    private func problems(_ ordinals: [Int], store: EvaluationStore) throws -> [VerificationReport.Problem] {
        let recomputation = try recomputationOptions.source(store, database: databaseOptions).recomputation(of: runID)
        let meter = ProgressMeter("verifying run \(runID)")
        defer { meter.finish() }
        var problems: [VerificationReport.Problem] = []
        var first = 0
        while first < ordinals.count {
            let stored = try store.answers.stored(of: runID, ordinals: Array(ordinals[first..<min(first + 512, ordinals.count)]))
            let results = try recomputation.compute(stored.map(\.image), threads: recomputationOptions.threadCount) { [first] done in
                meter.update(first + done, of: ordinals.count)
            }
            for (row, result) in zip(stored, results) {
                switch result {
                case .success(let recomputed):
                    let columns = row.prediction.differences(from: recomputed.prediction)
                    if !columns.isEmpty { problems.append(.init(path: row.image.path, columns: columns)) }
                case .failure(let failure):
                    problems.append(.init(path: row.image.path, columns: [], cause: failure.description))
                }
            }
            first += 512
        }
        return problems
    }
}
