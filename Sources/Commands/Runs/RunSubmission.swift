package import ArgumentParser
internal import Checkpoints
internal import Diagnostics
package import Evaluation
package import EvaluationStore
internal import ImageInput
internal import Networks

/// What `run` and `submit` let a person choose of a run.
package struct RunOptions: ParsableArguments {
    @Option(
        name: [.customLong("timesteps"), .customShort("T")],
        help: "Time steps. Default: what the checkpoint says, else as the network's family was published, else 4.")
    var timeSteps: Int?

    @OptionGroup var engine: EngineOptions

    @Option(help: "Images per shard. Default: an even share of small data sets, 256 of large ones.")
    package var shardSize: Int?

    @OptionGroup var recipe: RecipeOptions

    @Option(help: "The most pixels an image may declare.")
    var pixelLimit = Preprocessing.defaultPixelLimit

    @Flag(
        help:
            "Leave out the logits of classes that the data set has no image of, as subsets of what a model knows (ImageNet-A, -R) are counted."
    )
    var onlyListedClasses = false

    @Option(help: "Runs of a higher priority are worked on first. Default: 0; for a run that is there already, as it is.")
    var priority: Int?

    @Flag(help: "Make another run even where the same model, data set, time steps, preprocessing and engine were run before.")
    package var new = false

    package init() {}

    package func validate() throws {
        if let timeSteps, !(1...NetworkLimit.timeSteps).contains(timeSteps) {
            throw ValidationError("--timesteps takes 1 to \(NetworkLimit.timeSteps)")
        }
        if let shardSize, !(1...100_000).contains(shardSize) { throw ValidationError("--shard-size takes 1 to 100000") }
        if let priority { try Self.validate(priority: priority) }
        guard pixelLimit > 0 else { throw ValidationError("--pixel-limit takes a number above 0") }
    }

    static func validate(priority: Int) throws {
        guard (-1000...1000).contains(priority) else { throw ValidationError("--priority takes -1000 to 1000") }
    }

    /// T as it was asked for, else as the checkpoint says.
    /// - Throws: `run.timesteps` where the network cannot run so long.
    func timeSteps(of description: CheckpointDescription, named name: String) throws -> Int {
        let steps = timeSteps ?? description.defaultTimeSteps ?? description.timesteps ?? 4
        if let longest = description.longestRun, steps > longest {
            throw Failure(
                Failure.Code("run.timesteps"),
                "\(steps.counted("time step")) \(steps.agreeing("was", "were")) asked for, and model \(name) can run 1 to \(longest)",
                remedy: "ask for fewer with --timesteps")
        }
        return steps
    }

    /// Makes the run, or finds the one that gives the same rows, and says which.
    package func submit(model: StoredModel, dataset: StoredDataSet, store: EvaluationStore) throws -> RunID {
        let description = try model.description()
        let timeSteps = try timeSteps(of: description, named: model.name)
        let fit = ClassFit(
            model: description.classes, names: try store.catalogue.classNames(ofDataSet: dataset.id),
            listed: try store.catalogue.listedClasses(ofDataSet: dataset.id).count, onlyListed: onlyListedClasses)
        for notice in fit.notices { note("data set \(dataset.name) on model \(model.name): \(notice)") }
        let recipe = try recipe.recipe(default: .default(imageSize: description.image, published: description.preprocessing))
        let specification = RunSpecification(
            modelID: model.id, datasetID: dataset.id, timeSteps: timeSteps, engine: try engine.name,
            preprocessing: recipe.identifier, pixelLimit: pixelLimit, onlyListedClasses: onlyListedClasses, version: programVersion)
        let plan = RunPlan(shardSize: shardSize ?? RunPlan.defaultShardSize(images: dataset.images), priority: priority ?? 0)
        guard !new else { return try store.queue.submit(specification, plan: plan, images: dataset.images) }
        let submission = try store.queue.submitOnce(specification, plan: plan, images: dataset.images)
        switch submission {
        case .new: break
        case .existing(let run, let state): note("run \(run) is the same and is \(state.rawValue); --new makes another")
        case .reopened(let run, let images):
            note("run \(run) is the same and had ended incomplete: \(images) of its images \(images.agreeing("is", "are")) done again")
        }
        if case .new = submission {} else if let priority { try store.queue.setPriority(of: submission.run, to: priority) }
        return submission.run
    }
}
