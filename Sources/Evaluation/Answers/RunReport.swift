/// What a run came to. Its JSON form is stable and documented in `docs/report.md`; accuracies are fractions of the evaluated images.
package struct RunReport: Sendable, Hashable, Codable {
    package struct Images: Sendable, Hashable, Codable {
        package var expected: Int
        package var evaluated: Int
        package var failed: Int

        package init(expected: Int, evaluated: Int, failed: Int) {
            self.expected = expected
            self.evaluated = evaluated
            self.failed = failed
        }
    }

    package struct Accuracy: Sendable, Hashable, Codable {
        package var correct: Int
        /// Fraction of the evaluated images; 0 where there are none, in JSON null.
        package var accuracy: Double
        /// Wilson's interval; in JSON null where nothing was evaluated.
        package var ci95: Interval

        private enum CodingKeys: String, CodingKey { case correct, accuracy, ci95 }

        package init(correct: Int, evaluated: Int) {
            self.correct = correct
            self.accuracy = evaluated == 0 ? 0 : Double(correct) / Double(evaluated)
            self.ci95 = .wilson(correct, of: evaluated)
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            correct = try container.decode(Int.self, forKey: .correct)
            accuracy = try container.decodeIfPresent(Double.self, forKey: .accuracy) ?? 0
            ci95 = try container.decodeIfPresent(Interval.self, forKey: .ci95) ?? .unknown
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(correct, forKey: .correct)
            try container.encode(ifKnown(accuracy), forKey: .accuracy)
            try container.encode(ifKnown(ci95), forKey: .ci95)
        }

        /// A value where images were evaluated: with a single one, an interval is no longer from 0 to 1.
        package func ifKnown<Value>(_ value: Value) -> Value? { ci95 == .unknown ? nil : value }
    }

    /// Microseconds per image; nil where none was evaluated.
    package struct Percentiles: Sendable, Hashable, Codable {
        @OrNull package var p50: Int?
        @OrNull package var p90: Int?
        @OrNull package var p99: Int?
        @OrNull package var max: Int?

        package init(p50: Int? = nil, p90: Int? = nil, p99: Int? = nil, max: Int? = nil) {
            self.p50 = p50
            self.p90 = p90
            self.p99 = p99
            self.max = max
        }
    }

    package struct Latency: Sendable, Hashable, Codable {
        package var decode: Percentiles
        package var preprocess: Percentiles
        package var inference: Percentiles
        package var total: Percentiles

        package init(
            decode: Percentiles = .init(), preprocess: Percentiles = .init(), inference: Percentiles = .init(),
            total: Percentiles = .init()
        ) {
            self.decode = decode
            self.preprocess = preprocess
            self.inference = inference
            self.total = total
        }
    }

    /// What the run was made of.
    package struct Provenance: Sendable, Hashable, Codable {
        package var modelSHA256: String
        package var manifestSHA256: String
        package var preprocessing: String
        package var version: String
        /// Instruction sets of the workers that stored rows.
        package var instructionSets: [String]
        /// Kernels that the fixed-point engines of these workers run on.
        package var kernels: [String]
        package var shards: Int
        /// ISO 8601, UTC, by the database's clock.
        package var submittedAt: String
        package var finishedAt: String?

        enum CodingKeys: String, CodingKey {
            case modelSHA256 = "model_sha256"
            case manifestSHA256 = "manifest_sha256"
            case preprocessing
            case version
            case instructionSets = "instruction_sets"
            case kernels
            case shards
            case submittedAt = "submitted_at"
            case finishedAt = "finished_at"
        }

        package init(
            modelSHA256: String, manifestSHA256: String, preprocessing: String, version: String, instructionSets: [String],
            kernels: [String] = [], shards: Int, submittedAt: String, finishedAt: String?
        ) {
            self.modelSHA256 = modelSHA256
            self.manifestSHA256 = manifestSHA256
            self.preprocessing = preprocessing
            self.version = version
            self.instructionSets = instructionSets
            self.kernels = kernels
            self.shards = shards
            self.submittedAt = submittedAt
            self.finishedAt = finishedAt
        }
    }

    package var run: RunID
    package var model: String
    /// Nil of runs that were pruned before this was kept.
    package var network: NetworkQuote?
    package var dataset: String
    package var engine: String
    package var timeSteps: Int
    package var state: RunState
    /// Whether the run has ended with a prediction for every image.
    package var complete: Bool
    package var images: Images
    /// Causes of missing predictions, the most frequent first; nil of reports that were kept before causes were.
    package var failures: [FailureCount]?
    /// Nil in reports that were kept before this was counted.
    package var classes: ClassFit?
    package var top1: Accuracy
    package var top5: Accuracy
    /// Element t: top-1 accuracy of a run with t + 1 time steps; nil where no image was evaluated.
    package var top1ByTimeStep: [Double?]
    package var top1ByTimeStepIntervals: [Interval?]
    /// Accuracy by further labels of the data set, by their names.
    package var labelSets: [LabelSetAccuracy]
    package var latency: Latency
    /// This and the other means are nil where no image was evaluated.
    @OrNull package var spikesPerImage: Double?
    /// Spikes per neuron and time step, over all LIF groups.
    @OrNull package var firingRate: Double?
    @OrNull package var synapticOperationsPerImage: Double?
    /// Nil for the engine that multiplies, where the model's architecture does not tell the first convolution's size, and where no image was
    /// evaluated.
    package var energy: EnergyEstimate?
    /// From the first claim to the end, all workers together.
    @OrNull package var imagesPerSecond: Double?
    /// Workers that stored rows of the run.
    package var workers: Int
    package var provenance: Provenance
    /// What an audit of the model with the run's engine, time steps and version counted; nil where none was made.
    package var certificate: CertificateQuote?

    enum CodingKeys: String, CodingKey {
        case run
        case model
        case network
        case dataset
        case engine
        case timeSteps = "timesteps"
        case state
        case complete
        case images
        case failures
        case classes
        case top1
        case top5
        case top1ByTimeStep = "top1_by_timestep"
        case top1ByTimeStepIntervals = "top1_by_timestep_ci95"
        case labelSets = "label_sets"
        case latency = "latency_us"
        case spikesPerImage = "spikes_per_image"
        case firingRate = "firing_rate"
        case synapticOperationsPerImage = "synops_per_image"
        case energy
        case imagesPerSecond = "images_per_second"
        case workers
        case provenance
        case certificate
    }

    package init(
        run: RunID, model: String, network: NetworkQuote? = nil, dataset: String, engine: String, timeSteps: Int, state: RunState,
        complete: Bool, images: Images, failures: [FailureCount] = [], classes: ClassFit? = nil,
        top1: Accuracy, top5: Accuracy, top1ByTimeStep: [Double?], top1ByTimeStepIntervals: [Interval?] = [],
        labelSets: [LabelSetAccuracy] = [], latency: Latency, spikesPerImage: Double?, firingRate: Double?,
        synapticOperationsPerImage: Double?, energy: EnergyEstimate? = nil, imagesPerSecond: Double?, workers: Int, provenance: Provenance,
        certificate: CertificateQuote? = nil
    ) {
        self.run = run
        self.model = model
        self.network = network
        self.dataset = dataset
        self.engine = engine
        self.timeSteps = timeSteps
        self.state = state
        self.complete = complete
        self.images = images
        self.failures = failures
        self.classes = classes
        self.top1 = top1
        self.top5 = top5
        self.top1ByTimeStep = top1ByTimeStep
        self.top1ByTimeStepIntervals = top1ByTimeStepIntervals
        self.labelSets = labelSets
        self.latency = latency
        self.spikesPerImage = spikesPerImage
        self.firingRate = firingRate
        self.synapticOperationsPerImage = synapticOperationsPerImage
        self.energy = energy
        self.imagesPerSecond = imagesPerSecond
        self.workers = workers
        self.provenance = provenance
        self.certificate = certificate
    }
}
