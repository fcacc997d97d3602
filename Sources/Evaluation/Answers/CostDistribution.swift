/// A count per image over a run's images; each percentile is a value that occurred.
package struct CostDistribution: Sendable, Hashable, Codable {
    /// `spikes` or `synops`.
    package var quantity: String
    package var images: Int
    package var mean: Double
    /// Standard deviation.
    package var deviation: Double
    package var minimum: Int
    package var p5: Int
    package var p25: Int
    package var p50: Int
    package var p75: Int
    package var p95: Int
    package var maximum: Int

    package init(
        quantity: String, images: Int, mean: Double, deviation: Double, minimum: Int, p5: Int, p25: Int, p50: Int, p75: Int, p95: Int,
        maximum: Int
    ) {
        self.quantity = quantity
        self.images = images
        self.mean = mean
        self.deviation = deviation
        self.minimum = minimum
        self.p5 = p5
        self.p25 = p25
        self.p50 = p50
        self.p75 = p75
        self.p95 = p95
        self.maximum = maximum
    }
}

/// What an image of a class costs, on average.
package struct ClassCost: Sendable, Hashable, Codable {
    package var label: Int
    package var name: String?
    package var images: Int
    package var spikesPerImage: Double
    package var synapticOperationsPerImage: Double
    package var top1Accuracy: Double

    enum CodingKeys: String, CodingKey {
        case label = "class"
        case name, images
        case spikesPerImage = "spikes_per_image"
        case synapticOperationsPerImage = "synops_per_image"
        case top1Accuracy = "top1_accuracy"
    }

    package init(
        label: Int, name: String?, images: Int, spikesPerImage: Double, synapticOperationsPerImage: Double, top1Accuracy: Double
    ) {
        self.label = label
        self.name = name
        self.images = images
        self.spikesPerImage = spikesPerImage
        self.synapticOperationsPerImage = synapticOperationsPerImage
        self.top1Accuracy = top1Accuracy
    }
}
