/// A class's images and how many of them are right.
package struct ClassAccuracy: Sendable, Hashable, Codable {
    package var label: Int
    package var name: String?
    package var images: Int
    package var top1: RunReport.Accuracy
    package var top5: RunReport.Accuracy

    enum CodingKeys: String, CodingKey {
        case label = "class"
        case name, images, top1, top5
    }

    package init(label: Int, name: String?, images: Int, top1Correct: Int, top5Correct: Int) {
        self.label = label
        self.name = name
        self.images = images
        top1 = .init(correct: top1Correct, evaluated: images)
        top5 = .init(correct: top5Correct, evaluated: images)
    }
}

/// Images of one class that were taken for one class.
package struct ConfusionCell: Sendable, Hashable, Codable {
    package var label: Int
    package var predicted: Int
    package var images: Int

    package init(label: Int, predicted: Int, images: Int) {
        self.label = label
        self.predicted = predicted
        self.images = images
    }
}

/// Two classes that are taken for each other.
package struct ConfusedPair: Sendable, Hashable, Codable {
    package var label: Int
    package var name: String?
    package var other: Int
    package var otherName: String?
    /// Both ways together.
    package var images: Int
    package var asOther: Int
    package var otherAsClass: Int

    enum CodingKeys: String, CodingKey {
        case label = "class"
        case name, other, images
        case otherName = "other_name"
        case asOther = "class_as_other"
        case otherAsClass = "other_as_class"
    }

    package init(label: Int, name: String?, other: Int, otherName: String?, images: Int, asOther: Int, otherAsClass: Int) {
        self.label = label
        self.name = name
        self.other = other
        self.otherName = otherName
        self.images = images
        self.asOther = asOther
        self.otherAsClass = otherAsClass
    }
}

/// An image that was taken for something else.
package struct Mistake: Sendable, Hashable, Codable {
    package struct Rank: Sendable, Hashable, Codable {
        package var label: Int
        package var name: String
        /// Mean logit.
        package var score: Double

        enum CodingKeys: String, CodingKey {
            case label = "class"
            case name, score
        }

        package init(label: Int, name: String, score: Double) {
            self.label = label
            self.name = name
            self.score = score
        }
    }

    package var ordinal: Int
    package var path: String
    package var label: Int
    package var labelName: String?
    /// Where the label came among the classes, from 1.
    package var labelPlace: Int
    /// Best less second-best mean logit.
    package var margin: Double
    /// Best first.
    package var top5: [Rank]

    enum CodingKeys: String, CodingKey {
        case ordinal, path, label, margin, top5
        case labelName = "label_name"
        case labelPlace = "label_place"
    }

    package init(ordinal: Int, path: String, label: Int, labelName: String?, labelPlace: Int, margin: Double, top5: [Rank]) {
        self.ordinal = ordinal
        self.path = path
        self.label = label
        self.labelName = labelName
        self.labelPlace = labelPlace
        self.margin = margin
        self.top5 = top5
    }
}
