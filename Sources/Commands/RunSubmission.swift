internal import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import ImageInput

/// What `run` and `submit` let a person choose of a run.
struct RunOptions: ParsableArguments {
    @Option(name: [.customLong("timesteps"), .customShort("T")], help: "Time steps. Default: what the checkpoint says, else 4.")
    var timeSteps: Int?

    @OptionGroup var engine: EngineOptions

    @Option(help: "Images per shard. Default: an even share of small data sets, 256 of large ones.")
    var shardSize: Int?

    @Option(help: "The most pixels an image may declare.")
    var pixelLimit = Preprocessing.defaultPixelLimit

    @Option(help: "Runs of a higher priority are worked on first.")
    var priority = 0

    func validate() throws {
        if let timeSteps, !(1...1024).contains(timeSteps) { throw ValidationError("--timesteps takes 1 to 1024") }
        if let shardSize, !(1...100_000).contains(shardSize) { throw ValidationError("--shard-size takes 1 to 100000") }
        guard (-1000...1000).contains(priority) else { throw ValidationError("--priority takes -1000 to 1000") }
        guard pixelLimit > 0 else { throw ValidationError("--pixel-limit takes a number above 0") }
    }

    /// Makes the run.
    func submit(model: StoredModel, dataset: StoredDataSet, store: EvaluationStore) throws -> RunID {
        let description = try model.description()
        guard dataset.classes <= description.classes else {
            throw Failure(
                Failure.Code("run.classes"),
                "data set \(dataset.name) has \(dataset.classes) classes, model \(model.name) knows only \(description.classes)",
                remedy: "evaluate the model on the classes it was trained for")
        }
        let preprocessing = try Preprocessing(imageSize: description.image, pixelLimit: pixelLimit)
        return try store.submit(
            RunSpecification(
                modelID: model.id, datasetID: dataset.id, timeSteps: timeSteps ?? description.timesteps ?? 4, engine: try engine.name,
                preprocessing: preprocessing.identifier, pixelLimit: pixelLimit, version: programVersion),
            plan: RunPlan(shardSize: shardSize ?? RunPlan.defaultShardSize(images: dataset.images), priority: priority),
            images: dataset.images)
    }
}
