/// How two runs fared on the images that both evaluated.
package struct PairedCounts: Sendable, Hashable {
    /// Images that both have right.
    package var both: Int
    /// Images that only run A has right.
    package var aOnly: Int
    /// Images that only run B has right.
    package var bOnly: Int
    package var neither: Int

    package init(both: Int, aOnly: Int, bOnly: Int, neither: Int) {
        self.both = both
        self.aOnly = aOnly
        self.bOnly = bOnly
        self.neither = neither
    }

    package var images: Int { both + aOnly + bOnly + neither }
    package var aCorrect: Int { both + aOnly }
    package var bCorrect: Int { both + bOnly }
    /// Images that exactly one run has right.
    package var discordant: Int { aOnly + bOnly }
}

/// How images of two runs' data sets are found to belong together, where their manifests are not the same.
package enum Pairing: String, Sendable, Hashable, Codable {
    /// By the bytes' hash and the label.
    case content
    /// By path, whatever bytes and labels they have.
    case path
}

/// How images were paired, and how many of the pairs that both runs evaluated are not the same image.
package struct PairedImages: Sendable, Hashable, Codable {
    package var pairing: Pairing
    /// Pairs with other bytes, and with other labels; 0 where they were paired by content.
    package var otherBytes: Int
    package var otherLabels: Int

    enum CodingKeys: String, CodingKey {
        case pairing = "by"
        case otherBytes = "other_bytes"
        case otherLabels = "other_labels"
    }

    package init(pairing: Pairing = .content, otherBytes: Int = 0, otherLabels: Int = 0) {
        self.pairing = pairing
        self.otherBytes = otherBytes
        self.otherLabels = otherLabels
    }
}

/// A quantity per image in two runs, over the images that both evaluated.
package struct CostDifference: Sendable, Hashable, Codable {
    /// `spikes`, `synops` or `inference_us`.
    package var quantity: String
    /// Means per image.
    package var a: Double
    package var b: Double
    /// A less B.
    package var difference: Double
    /// Normal interval of the paired difference; absent below two images.
    package var ci95: Interval?

    package init(quantity: String, a: Double, b: Double, difference: Double, ci95: Interval?) {
        self.quantity = quantity
        self.a = a
        self.b = b
        self.difference = difference
        self.ci95 = ci95
    }
}

/// A class's images in two runs.
package struct ClassChange: Sendable, Hashable, Codable {
    package var label: Int
    package var name: String?
    package var images: Int
    package var aCorrect: Int
    package var bCorrect: Int
    package var aOnly: Int
    package var bOnly: Int
    /// Accuracy of A less accuracy of B.
    package var difference: Double
    package var mcnemarExactP: Double
    /// Corrected for the number of classes by Holm's method.
    package var holmP: Double

    enum CodingKeys: String, CodingKey {
        case label = "class"
        case name, images, difference
        case aCorrect = "a_correct"
        case bCorrect = "b_correct"
        case aOnly = "a_only"
        case bOnly = "b_only"
        case mcnemarExactP = "mcnemar_exact_p"
        case holmP = "holm_p"
    }

    package init(
        label: Int, name: String?, images: Int, aCorrect: Int, bCorrect: Int, aOnly: Int, bOnly: Int, difference: Double,
        mcnemarExactP: Double, holmP: Double
    ) {
        self.label = label
        self.name = name
        self.images = images
        self.aCorrect = aCorrect
        self.bCorrect = bCorrect
        self.aOnly = aOnly
        self.bOnly = bOnly
        self.difference = difference
        self.mcnemarExactP = mcnemarExactP
        self.holmP = holmP
    }
}
