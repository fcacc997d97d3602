internal import ArgumentParser
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import Reports

struct SubmitCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Starts a run on the workers of a database, and prints its number.",
        discussion: """
            Where the same model, data set, time steps, preprocessing and engine were run before, that run is taken, and completed where it \
            ended incomplete. With --wait it follows the run and ends with its report instead.
            """)

    @Option(help: "Name of a data set, as `evalctl dataset add` gave it.")
    var dataset: String?

    @Option(help: "Name of a model, as `evalctl model add` gave it.")
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Instead of a data set and a model: a run whose failed, dead or cancelled images are to be done again.", valueName: "run"))
    var resume: RunID?

    @OptionGroup var runOptions: RunOptions

    @Flag(help: "Follow the run to its end and print its report; exits with 2 where it is not complete.")
    var wait = false

    @Option(help: "With --wait: table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        if resume != nil {
            guard dataset == nil, model == nil, !runOptions.new else {
                throw ValidationError("--resume takes a run as it is, without --dataset, --model or --new")
            }
        } else if dataset == nil || model == nil {
            throw ValidationError("say what to run with --dataset and --model, or what to complete with --resume RUN")
        }
    }

    private func submitted(_ store: EvaluationStore) throws -> RunID {
        if let resume {
            let images = try store.queue.reopen(resume)
            note(
                images > 0
                    ? "\(images.counted("image")) of run \(resume) \(images.agreeing("is", "are")) done again"
                    : "run \(resume) has nothing to be done again")
            if let priority = runOptions.priority { try store.queue.setPriority(of: resume, to: priority) }
            return resume
        }
        return try runOptions.submit(
            model: store.model(named: model ?? ""), dataset: store.dataSet(named: dataset ?? ""), store: store)
    }

    func run(_ store: EvaluationStore) throws {
        let run = try submitted(store)
        guard wait else { return output("\(run)\n") }
        note("run \(run)")
        let follower = RunFollower(store: store, run: run)
        try follower.follow()
        try follower.report(as: format)
    }
}
