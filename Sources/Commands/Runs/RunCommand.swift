internal import ArgumentParser
internal import Diagnostics
internal import EvaluationStore
internal import Foundation
internal import ImageInput
internal import ImageSources
internal import Postgres
internal import Reports
internal import Synchronization

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Evaluates a model on a data set on this machine, from nothing; `run list` lists runs.",
        subcommands: [RunEvaluateCommand.self, RunListCommand.self, RunDigestCommand.self, RunDeleteCommand.self],
        defaultSubcommand: RunEvaluateCommand.self)
}

/// What every command that starts the embedded stack takes.
struct StackOptions: ParsableArguments {
    @Option(help: "Threads of the worker. Default: one per processor.")
    var threads: Int?

    @OptionGroup var memory: MemoryOptions

    func validate() throws {
        try OptionLimit.check(threads: threads)
    }

    var threadCount: Int { threads ?? max(ProcessInfo.processInfo.activeProcessorCount, 1) }
}

struct RunEvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Starts an embedded database, a coordinator and a worker, evaluates, reports, and stops them.",
        discussion: "The results stay in the embedded database: see `evalctl report` and `evalctl predictions`.")

    @Option(help: "A .pth or .safetensors file, or the name of a stored model.")
    var model: String

    @Option(
        help:
            "Images with one folder per class or labels beside them: a folder, archives, an https:// or s3:// address; or a stored data set's name."
    )
    var dataset: String

    @Option(help: "Where the model is a file: the name to store it under. Default: the file's name, where no other model has it.")
    var name: String?

    @Option(
        name: .customLong("dataset-name"),
        help:
            "Where the data set is a folder or an address: the name to store it under. Default: the last part of it, where no other data set has it."
    )
    var dataSetName: String?

    @OptionGroup var checkpointOptions: CheckpointOptions
    @OptionGroup var sourceOptions: SourceOptions
    @OptionGroup var labelOptions: LabelOptions

    @OptionGroup var runOptions: RunOptions

    @OptionGroup var stackOptions: StackOptions

    @OptionGroup var httpOptions: HTTPOptions

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @Option(help: "Folder of the embedded database, its logs and cached checkpoints. Default: $XDG_STATE_HOME/evalctl.")
    var dataDir: String?

    func validate() throws {
        for name in [name, dataSetName].compactMap(\.self) where !NameText.isAllowed(name) {
            throw ValidationError("\(name) is no name: use up to 100 letters, digits, dots, underscores and hyphens")
        }
        if !NameText.isPath(model) { try checkpointOptions.requireNone(model: model) }
    }

    func run() throws {
        try ProgramExit.reporting {
            let interruption = Interruption()
            let dataDirectory = DatabaseOptions.directory(dataDir)
            let stack = try EmbeddedStack(
                dataDirectory: dataDirectory, threads: stackOptions.threadCount,
                memoryLimit: stackOptions.memory.limit, http: httpOptions, interruption: interruption)
            let session = PostgresSession(
                stack.address, options: ConnectionOptions(applicationName: "evalctl"),
                isStopping: { interruption.isRaised || DiskSpace.isFull(below: dataDirectory) })
            do {
                let store = EvaluationStore(session: session)
                let model = try storedModel(store)
                let dataset = try storedDataSet(store)
                try stackOptions.memory.require(
                    model, engine: runOptions.engine.name, timeSteps: runOptions.timeSteps(of: model.description(), named: model.name),
                    threads: stackOptions.threadCount, store: store, cacheDirectory: dataDirectory + "/checkpoints")
                let run = try runOptions.submit(model: model, dataset: dataset, store: store)
                let follower = RunFollower(store: store, run: run)
                try follower.follow {
                    try interruption.check("the same command goes on with run \(run) where it stopped")
                    try stack.requireRunning()
                    guard !stack.isDrained else {
                        throw Failure(
                            Failure.Code("stack.drained"), "the worker was drained, and run \(run) has no other",
                            remedy: "the same command goes on with it")
                    }
                }
                try follower.report(as: format)
            } catch {
                // Said at once: stopping takes its time where the disk is full.
                let code = ProgramExit.code(for: DiskSpace.cause(of: error, below: dataDirectory))
                session.close()
                try? stack.stop()
                throw code
            }
            session.close()
            try stack.stop()
        }
    }

    private func storedModel(_ store: EvaluationStore) throws -> StoredModel {
        guard NameText.isPath(model) else {
            let stored = try store.model(named: model, orFile: true)
            _ = try runOptions.timeSteps(of: stored.description(), named: model)
            return stored
        }
        let name = name ?? ModelRegistration.name(forFile: model)
        return try ModelRegistration(store: store).add(name, path: model, options: checkpointOptions, asVersion: false) {
            _ = try runOptions.timeSteps(of: $0, named: name)
        }.model
    }

    private func storedDataSet(_ store: EvaluationStore) throws -> StoredDataSet {
        guard NameText.isPath(dataset) else {
            guard labelOptions.isEmpty else {
                throw ValidationError("options of labels are for images that are not stored yet; \(dataset) is a stored data set")
            }
            return try store.dataSet(named: dataset, orFile: true)
        }
        let source = try sourceOptions.source(dataset)
        let name = dataSetName ?? NameText.allowed(source.address.suggestedName, otherwise: "dataset")
        let titles = try labelOptions.titles()
        let stored = try DataSetRegistration(store: store).add(
            name, from: source, labels: labelOptions.source(), classNames: labelOptions.labels == nil ? labelOptions.classNames : nil,
            asVersion: false
        ).dataset
        if let titles { try ClassTitles(store: store).name(stored, titles, from: labelOptions.synsets ?? "") }
        return stored
    }
}
