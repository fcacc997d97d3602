/// How many images of two runs differ, and from which time step on.
package struct RowDifferences: Sendable, Hashable, Codable {
    /// Images that both evaluated.
    package var images: Int
    /// Images whose rows differ in anything but times.
    package var rows: Int
    /// Images whose prediction differs.
    package var predictions: Int
    /// Images whose files have other bytes in the two data sets; 0 where they were paired by content.
    package var files: Int
    /// Images that have another label in the two data sets; 0 where they were paired by content.
    package var labels: Int
    /// Element t: images whose spike counts first differ in time step t + 1.
    package var firstSpikeDifference: [Int]

    enum CodingKeys: String, CodingKey {
        case images, rows, predictions, files, labels
        case firstSpikeDifference = "first_spike_difference_by_timestep"
    }

    package init(images: Int, rows: Int, predictions: Int, files: Int = 0, labels: Int = 0, firstSpikeDifference: [Int]) {
        self.images = images
        self.rows = rows
        self.predictions = predictions
        self.files = files
        self.labels = labels
        self.firstSpikeDifference = firstSpikeDifference
    }
}

/// An image whose row differs between two runs.
package struct PredictionChange: Sendable, Hashable, Codable {
    package struct Side: Sendable, Hashable, Codable {
        package var ordinal: Int
        package var predicted: Int
        package var name: String?
        /// Best less second-best mean logit.
        package var margin: Double

        package init(ordinal: Int, predicted: Int, name: String?, margin: Double) {
            self.ordinal = ordinal
            self.predicted = predicted
            self.name = name
            self.margin = margin
        }
    }

    package var path: String
    package var label: Int
    package var labelName: String?
    package var a: Side
    package var b: Side
    /// Whether the files have the same bytes.
    package var hasSameBytes: Bool
    /// The first time step, from 1, after which the predictions differ, as far as both runs go.
    package var predictionTimeStep: Int?
    /// The first time step, from 1, whose spike counts differ.
    package var spikesTimeStep: Int?
    /// What computing the image again here showed; nil where it was not.
    package var recomputed: RecomputedDifference?

    enum CodingKeys: String, CodingKey {
        case path, label, a, b, recomputed
        case labelName = "label_name"
        case hasSameBytes = "same_bytes"
        case predictionTimeStep = "prediction_timestep"
        case spikesTimeStep = "spikes_timestep"
    }

    package init(
        path: String, label: Int, labelName: String?, a: Side, b: Side, hasSameBytes: Bool, predictionTimeStep: Int?, spikesTimeStep: Int?
    ) {
        self.path = path
        self.label = label
        self.labelName = labelName
        self.a = a
        self.b = b
        self.hasSameBytes = hasSameBytes
        self.predictionTimeStep = predictionTimeStep
        self.spikesTimeStep = spikesTimeStep
    }
}

/// Where an image's spikes part when both runs are computed again here.
package struct RecomputedDifference: Sendable, Hashable, Codable {
    /// Whether computing it here gives the stored row.
    package var aReproduced: Bool
    package var bReproduced: Bool
    /// Whether the network reads the same pixels.
    package var hasSamePixels: Bool
    /// Where spike counts first differ, in the order of the data; nil where they nowhere do, or the networks have other layers.
    package var first: SpikePlace?

    enum CodingKeys: String, CodingKey {
        case first
        case aReproduced = "a_reproduced"
        case bReproduced = "b_reproduced"
        case hasSamePixels = "same_pixels"
    }

    package init(aReproduced: Bool, bReproduced: Bool, hasSamePixels: Bool, first: SpikePlace?) {
        self.aReproduced = aReproduced
        self.bReproduced = bReproduced
        self.hasSamePixels = hasSamePixels
        self.first = first
    }
}

/// A LIF group in a time step, and its spikes in two runs.
package struct SpikePlace: Sendable, Hashable, Codable {
    /// From 1.
    package var timeStep: Int
    package var layer: String
    package var aSpikes: Int
    package var bSpikes: Int

    enum CodingKeys: String, CodingKey {
        case layer
        case timeStep = "timestep"
        case aSpikes = "a_spikes"
        case bSpikes = "b_spikes"
    }

    package init(timeStep: Int, layer: String, aSpikes: Int, bSpikes: Int) {
        self.timeStep = timeStep
        self.layer = layer
        self.aSpikes = aSpikes
        self.bSpikes = bSpikes
    }

    /// The first difference between `a` and `b`, `[group][step]`, time step by time step and in each in the order of `flow`.
    package static func first(_ a: [[Int]], _ b: [[Int]], names: [String], flow: [Int]) -> SpikePlace? {
        for step in 0..<min(a.first?.count ?? 0, b.first?.count ?? 0) {
            for group in flow where a[group][step] != b[group][step] {
                return SpikePlace(timeStep: step + 1, layer: names[group], aSpikes: a[group][step], bSpikes: b[group][step])
            }
        }
        return nil
    }
}

/// The first layer, in the order of the data, in which sums over shards of the same images differ between two runs.
package struct ShardSpikePlace: Sendable, Hashable, Codable {
    /// From 1.
    package var timeStep: Int
    package var layer: String
    /// Shards whose sums differ there.
    package var shards: Int

    enum CodingKeys: String, CodingKey {
        case layer, shards
        case timeStep = "timestep"
    }

    package init(timeStep: Int, layer: String, shards: Int) {
        self.timeStep = timeStep
        self.layer = layer
        self.shards = shards
    }
}
