/// A run's accuracy by further labels of its data set: any accepted class is right, and images without one do not count.
package struct LabelSetAccuracy: Sendable, Hashable, Codable {
    package var name: String
    /// Evaluated images with at least one accepted class.
    package var images: Int
    package var top1: RunReport.Accuracy
    package var top5: RunReport.Accuracy

    package init(name: String, images: Int, top1Correct: Int, top5Correct: Int) {
        self.name = name
        self.images = images
        self.top1 = .init(correct: top1Correct, evaluated: images)
        self.top5 = .init(correct: top5Correct, evaluated: images)
    }
}
