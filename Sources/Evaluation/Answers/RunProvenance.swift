/// What a run's rows depend on.
package struct RunProvenance: Sendable, Hashable, Codable {
    package var run: RunID
    package var model: String
    package var modelSHA256: String
    /// What was said of the network beside the file.
    package var network: String
    package var dataset: String
    package var manifestSHA256: String
    package var timeSteps: Int
    package var engine: String
    package var preprocessing: String
    package var pixelLimit: Int
    /// Whether the logits of classes that the data set has no image of were left out.
    package var onlyListedClasses: Bool
    /// Version of the program that made the run.
    package var version: String
    /// Of the workers that stored rows.
    package var instructionSets: [String]
    package var workerVersions: [String]

    enum CodingKeys: String, CodingKey {
        case run, model, network, dataset, engine, preprocessing, version
        case modelSHA256 = "model_sha256"
        case manifestSHA256 = "manifest_sha256"
        case timeSteps = "timesteps"
        case pixelLimit = "pixel_limit"
        case onlyListedClasses = "only_listed_classes"
        case instructionSets = "instruction_sets"
        case workerVersions = "worker_versions"
    }

    package init(
        run: RunID, model: String, modelSHA256: String, network: String, dataset: String, manifestSHA256: String, timeSteps: Int,
        engine: String, preprocessing: String, pixelLimit: Int, onlyListedClasses: Bool = false, version: String,
        instructionSets: [String], workerVersions: [String]
    ) {
        self.run = run
        self.model = model
        self.modelSHA256 = modelSHA256
        self.network = network
        self.dataset = dataset
        self.manifestSHA256 = manifestSHA256
        self.timeSteps = timeSteps
        self.engine = engine
        self.preprocessing = preprocessing
        self.pixelLimit = pixelLimit
        self.onlyListedClasses = onlyListedClasses
        self.version = version
        self.instructionSets = instructionSets
        self.workerVersions = workerVersions
    }
}
