package import Engine

/// What ``EngineBenchmark`` found. Its JSON form is stable and documented in `docs/engine.md`; values that an engine or a machine does
/// not have are null.
package struct EngineMeasurement: Sendable, Encodable {
    /// Sums over the images of one round.
    package struct Activity: Sendable {
        package var images = 0
        package var spikes = 0
        package var synapticOperations = 0
    }

    package let engine: String
    package let kernels: String
    package let threads: Int
    package let images: Int
    package let millisecondsPerImage: Double
    package let imagesPerSecond: Double
    package let operationsPerImage: Double
    package let operationsPerSecond: Double
    /// Of fusing and channel mixing, over the time that their kernels take, neurons included.
    package let linearOperationsPerSecond: Double?
    package let boundAdditionsPerSecond: Double?
    package let denseMilliseconds: Double?
    /// The same of the layers that multiply currents; nil where there are none.
    package let denseCurrentsMilliseconds: Double?
    package let firingRate: Double
    /// Synaptic operations over the multiply-accumulates of a dense engine: the mean rate of the spikes that layers read.
    package let readRate: Double
    package let workspaceBytes: Int?
    package let weightBytes: Int?
    /// Milliseconds of one image on one thread.
    package let partMilliseconds: [(part: PassPart, milliseconds: Double)]
    package let denseLibrary: String?

    init(
        engine: String, kernels: String, threads: Int, images: Int, timeSteps: Int, secondsPerImage: Double, imagesPerSecond: Double,
        activity: Activity, neurons: Int, denseOperations: Int, partSeconds: [PassPart: Double], partOperations: [PassPart: Double],
        additionsPerSecondBound: Double?, denseSeconds: Double?, denseCurrentsSeconds: Double?, denseLibrary: String?, workspaceBytes: Int?,
        weightBytes: Int?
    ) {
        self.engine = engine
        self.kernels = kernels
        self.threads = threads
        self.images = images
        millisecondsPerImage = secondsPerImage * 1000
        self.imagesPerSecond = imagesPerSecond
        operationsPerImage = Double(activity.synapticOperations) / Double(activity.images)
        operationsPerSecond = operationsPerImage / secondsPerImage
        linearOperationsPerSecond = partSeconds[.linear].flatMap { seconds in partOperations[.linear].map { $0 / seconds } }
        boundAdditionsPerSecond = additionsPerSecondBound
        denseMilliseconds = denseSeconds.map { $0 * 1000 }
        denseCurrentsMilliseconds = denseCurrentsSeconds.map { $0 * 1000 }
        firingRate = Double(activity.spikes) / Double(activity.images) / Double(neurons * timeSteps)
        readRate = operationsPerImage / Double(max(denseOperations, 1) * timeSteps)
        self.workspaceBytes = workspaceBytes
        self.weightBytes = weightBytes
        partMilliseconds = PassPart.allCases.compactMap { part in partSeconds[part].map { (part, $0 * 1000) } }
        self.denseLibrary = denseLibrary
    }

    /// The linear layers' rate in the lanes that the bound is measured in.
    package var boundShare: Double? {
        linearOperationsPerSecond.flatMap { rate in boundAdditionsPerSecond.map { rate / $0 } }
    }

    /// How often an image fits into the dense floor.
    package var denseRatio: Double? { denseMilliseconds.map { $0 / millisecondsPerImage } }

    /// Time outside the synaptic layers' kernels: pixels, listing, neurons and head.
    package var otherShare: Double? {
        let all = partMilliseconds.reduce(0) { $0 + $1.milliseconds }
        guard all > 0 else { return nil }
        let synapses: Set<PassPart> = [.mixing, .convolution, .linear, .attention]
        return partMilliseconds.reduce(0) { synapses.contains($1.part) ? $0 : $0 + $1.milliseconds } / all
    }

    private enum CodingKeys: String, CodingKey {
        case engine
        case kernels
        case threads
        case images
        case millisecondsPerImage = "ms_per_image"
        case imagesPerSecond = "images_per_second"
        case operationsPerImage = "synops_per_image"
        case operationsPerSecond = "synops_per_second"
        case linearOperationsPerSecond = "linear_synops_per_second"
        case boundAdditionsPerSecond = "bound_adds_per_second"
        case boundShare = "bound_share"
        case denseMilliseconds = "dense_floor_ms"
        case denseCurrentsMilliseconds = "dense_currents_ms"
        case denseRatio = "dense_ratio"
        case otherShare = "other_share"
        case firingRate = "firing_rate"
        case readRate = "read_rate"
        case workspaceBytes = "workspace_bytes"
        case weightBytes = "weight_bytes"
        case partMilliseconds = "part_ms"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(engine, forKey: .engine)
        try container.encode(kernels, forKey: .kernels)
        try container.encode(threads, forKey: .threads)
        try container.encode(images, forKey: .images)
        try container.encode(millisecondsPerImage, forKey: .millisecondsPerImage)
        try container.encode(imagesPerSecond, forKey: .imagesPerSecond)
        try container.encode(operationsPerImage, forKey: .operationsPerImage)
        try container.encode(operationsPerSecond, forKey: .operationsPerSecond)
        try container.encode(linearOperationsPerSecond, forKey: .linearOperationsPerSecond)
        try container.encode(boundAdditionsPerSecond, forKey: .boundAdditionsPerSecond)
        try container.encode(boundShare, forKey: .boundShare)
        try container.encode(denseMilliseconds, forKey: .denseMilliseconds)
        try container.encode(denseCurrentsMilliseconds, forKey: .denseCurrentsMilliseconds)
        try container.encode(denseRatio, forKey: .denseRatio)
        try container.encode(otherShare, forKey: .otherShare)
        try container.encode(firingRate, forKey: .firingRate)
        try container.encode(readRate, forKey: .readRate)
        try container.encode(workspaceBytes, forKey: .workspaceBytes)
        try container.encode(weightBytes, forKey: .weightBytes)
        try container.encode(
            Dictionary(uniqueKeysWithValues: partMilliseconds.map { ($0.part.rawValue, $0.milliseconds) }), forKey: .partMilliseconds)
    }
}
