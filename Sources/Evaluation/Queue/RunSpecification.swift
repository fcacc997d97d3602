/// Number of a run, given by the database.
package struct RunID: RawRepresentable, Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package init(_ value: Int64) {
        self.rawValue = value
    }

    package var description: String { String(rawValue) }

    package static func < (left: RunID, right: RunID) -> Bool { left.rawValue < right.rawValue }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// Everything that decides a run's rows: with the same values two runs have the same predictions, to the bit.
package struct RunSpecification: Sendable, Hashable {
    package var modelID: Int64
    package var datasetID: Int64
    /// T, the number of time steps.
    package var timeSteps: Int
    /// Which arithmetic: `float`.
    package var engine: String
    /// Identifier of the preprocessing's recipe (`pillow13-bicubic-256-crop-224`).
    package var preprocessing: String
    /// Images that declare more pixels than this are refused.
    package var pixelLimit: Int
    /// Whether the logits of classes that the data set has no image of are left out.
    package var onlyListedClasses: Bool
    /// Version of the program that submitted the run.
    package var version: String

    package init(
        modelID: Int64, datasetID: Int64, timeSteps: Int, engine: String, preprocessing: String, pixelLimit: Int,
        onlyListedClasses: Bool = false, version: String
    ) {
        self.modelID = modelID
        self.datasetID = datasetID
        self.timeSteps = timeSteps
        self.engine = engine
        self.preprocessing = preprocessing
        self.pixelLimit = pixelLimit
        self.onlyListedClasses = onlyListedClasses
        self.version = version
    }
}

/// How a run is worked off; changes nothing in its rows.
package struct RunPlan: Sendable, Hashable {
    /// Images per shard.
    package var shardSize: Int
    /// Claims a shard may use up before it is given up.
    package var maxAttempts: Int
    /// Runs of a higher priority are published first.
    package var priority: Int

    package init(shardSize: Int, maxAttempts: Int = 4, priority: Int = 0) {
        self.shardSize = shardSize
        self.maxAttempts = maxAttempts
        self.priority = priority
    }

    /// A size that gives small data sets enough shards to share, and large ones shards of up to 256 images.
    package static func defaultShardSize(images: Int) -> Int {
        min(max(images / 32, 1), 256)
    }
}
