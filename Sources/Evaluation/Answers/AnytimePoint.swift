/// What a way of stopping early comes to: a fixed number of time steps, or a rule that looks at each image.
package struct AnytimePoint: Sendable, Hashable {
    package var rule: ExitRule
    package var images: Int
    package var top1Correct: Int
    /// Known for fixed numbers of time steps only.
    package var top5Correct: Int?
    /// Mean time steps per image.
    package var timeStepsPerImage: Double
    package var spikesPerImage: Double
    package var synapticOperationsPerImage: Double

    package init(
        rule: ExitRule, images: Int, top1Correct: Int, top5Correct: Int?, timeStepsPerImage: Double, spikesPerImage: Double,
        synapticOperationsPerImage: Double
    ) {
        self.rule = rule
        self.images = images
        self.top1Correct = top1Correct
        self.top5Correct = top5Correct
        self.timeStepsPerImage = timeStepsPerImage
        self.spikesPerImage = spikesPerImage
        self.synapticOperationsPerImage = synapticOperationsPerImage
    }
}

/// When an image's evaluation stops; where a rule never holds, at the last time step.
package enum ExitRule: Sendable, Hashable {
    /// After this many time steps.
    case timeSteps(Int)
    /// At the first time step after which the best mean logit is above the second by this much.
    case margin(Double)
    /// At the first time step that ends this many equal predictions in a row.
    case stable(Int)
}
