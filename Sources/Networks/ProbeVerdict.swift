internal import Diagnostics

/// Whether a network gives what its own code gave, on the inputs that a file carries with its weights.
package struct ProbeVerdict: Sendable, Hashable, Codable {
    package var images: Int
    package var timeSteps: Int
    /// Neurons, images and time steps that were compared.
    package var comparedSpikes: Int
    /// Largest difference of a logit, where all spikes are equal.
    package var logitDifference: Double?
    /// The first place, in the order of the data, where the two part; nil where they are the same function.
    package var parting: String?

    private enum CodingKeys: String, CodingKey {
        case images, parting
        case timeSteps = "timesteps"
        case comparedSpikes = "compared_spikes"
        case logitDifference = "logit_difference"
    }

    package init(images: Int, timeSteps: Int, comparedSpikes: Int, logitDifference: Double? = nil, parting: String? = nil) {
        self.images = images
        self.timeSteps = timeSteps
        self.comparedSpikes = comparedSpikes
        self.logitDifference = logitDifference
        self.parting = parting
    }

    /// In a sentence.
    package var text: String {
        if let parting { return "NOT the function of its own code: \(parting)" }
        let difference = logitDifference ?? 0
        let logits = difference > 0 ? "logits within \(Float(difference))" : "all logits equal"
        return "the same function: every spike of \(images.counted("image")) in \(timeSteps.counted("time step")), \(logits)"
    }
}
