/// What a report tells of a model's network: what its checkpoint does not, and what its authors reached.
package struct NetworkQuote: Sendable, Hashable, Codable {
    /// One choice that tensors do not settle.
    package struct Setting: Sendable, Hashable, Codable {
        package var key: String
        package var value: String
        /// `told` by the checkpoint, `given` by the user, or `assumed`.
        package var origin: String

        package init(key: String, value: String, origin: String) {
            self.key = key
            self.value = value
            self.origin = origin
        }
    }

    /// An ImageNet-1K accuracy as its authors report it, and this run's beside it where it evaluated all of ImageNet-1K's validation set.
    package struct Published: Sendable, Hashable, Codable {
        /// Per cent.
        package var top1: Double
        package var timeSteps: Int
        package var source: String
        /// The run's top-1 with so many time steps, a fraction.
        package var measured: Double?
        package var measuredInterval: Interval?

        enum CodingKeys: String, CodingKey {
            case top1, source, measured
            case timeSteps = "timesteps"
            case measuredInterval = "measured_ci95"
        }

        package init(top1: Double, timeSteps: Int, source: String, measured: Double? = nil, measuredInterval: Interval? = nil) {
            self.top1 = top1
            self.timeSteps = timeSteps
            self.source = source
            self.measured = measured
            self.measuredInterval = measuredInterval
        }
    }

    /// Nil for a network of nobody's family, and for models that were stored before this was kept.
    package var family: String?
    /// The name of exactly this network, where it is a published one.
    package var name: String?
    package var settings: [Setting]
    package var published: [Published]
    /// The recipe that the family's publications used, as runs record it; nil where there is none.
    package var recipe: String?

    package init(
        family: String? = nil, name: String? = nil, settings: [Setting] = [], published: [Published] = [], recipe: String? = nil
    ) {
        self.family = family
        self.name = name
        self.settings = settings
        self.published = published
        self.recipe = recipe
    }

    /// Reads what is kept with a model, which may be of a version that kept less.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        family = try container.decodeIfPresent(String.self, forKey: .family)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        settings = try container.decodeIfPresent([Setting].self, forKey: .settings) ?? []
        published = try container.decodeIfPresent([Published].self, forKey: .published) ?? []
        recipe = try container.decodeIfPresent(String.self, forKey: .recipe)
    }

    /// ImageNet-1K's validation set: as many images and classes as no other data set has.
    private static let imageNet = (images: 50_000, classes: 1000)

    /// Sets a run's accuracies beside the published ones of as many time steps, where it evaluated the images that those count.
    ///
    /// - Parameter top1: after each number of time steps.
    package func compared(with top1: [RunReport.Accuracy], images: Int, classes: Int, isComplete: Bool) -> NetworkQuote {
        guard isComplete, images == Self.imageNet.images, classes == Self.imageNet.classes else { return self }
        var quote = self
        for (index, one) in published.enumerated() where top1.indices.contains(one.timeSteps - 1) {
            quote.published[index].measured = top1[one.timeSteps - 1].accuracy
            quote.published[index].measuredInterval = top1[one.timeSteps - 1].ci95
        }
        return quote
    }

    /// `key=value` of every setting of an origin.
    package func settings(_ origin: String) -> String {
        settings.filter { $0.origin == origin }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }
}
