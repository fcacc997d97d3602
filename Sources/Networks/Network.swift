package import Diagnostics

/// A checked network: its graph, and what follows from it.
package struct Network: Sendable, Hashable {
    package let graph: NetworkGraph
    /// What every node gives.
    package let features: [Feature]
    package let activity: NetworkActivity
    /// Everything else that is known of it.
    package var facts: NetworkFacts

    /// - Throws: `network.invalid`, naming the node and the cause.
    package init(_ graph: NetworkGraph, facts: NetworkFacts = NetworkFacts()) throws(Failure) {
        features = try graph.features()
        var parameters = 0
        for specification in graph.parameterSpecifications where specification.isTrainable {
            parameters += specification.count
            guard parameters <= NetworkLimit.parameters else {
                throw NetworkGraph.invalid("it has more than \(NetworkLimit.parameters) parameters, which are supported at most")
            }
        }
        self.graph = graph
        activity = NetworkActivity(graph, features: features)
        self.facts = facts
    }

    package var inputSize: Int { graph.inputSize }
    package var classes: Int { features[graph.output].channels }

    /// The number of time steps that can be run: bounded by memory, and by a network that has factors for so many only.
    package var longestRun: Int {
        let largest = features.reduce(1) { max($0, $1.neurons) }
        let bound = min(NetworkLimit.timeSteps, max(1, NetworkLimit.valuesPerFeature / largest))
        return min(bound, graph.longestTimeScale ?? bound)
    }
}

/// What is known of a network besides its graph.
package struct NetworkFacts: Sendable, Hashable {
    /// The family's name as `--network` takes it; nil for a network of nobody's family.
    package var family: String?
    /// What the checkpoint does not tell by its tensors, in a stable order.
    package var settings: [NetworkSetting] = []
    /// Its sizes in the family's own terms, in a stable order.
    package var sizes: [NetworkSize] = []
    /// The name of exactly this network where it is a published one.
    package var publishedName: String?
    package var published: [PublishedAccuracy] = []
    package var preprocessing: PublishedPreprocessing?
    /// T where a user says nothing: of the checkpoint's own arguments, else of the family's publications.
    package var timeSteps: Int?
    /// Tensors that checkpoints of the family hold and that no evaluation reads.
    package var unusedTensors: Set<String> = []

    package init() {}
}

/// A size of a network in its family's terms, as the shapes of its tensors tell it.
package struct NetworkSize: Sendable, Hashable, Codable {
    package var name: String
    package var value: String

    package init(_ name: String, _ values: Int...) { self.init(name, values) }

    package init(_ name: String, _ values: [Int]) {
        self.name = name
        value = values.map(String.init).joined(separator: ", ")
    }
}

/// One choice that tensors do not settle, and where it comes from.
package struct NetworkSetting: Sendable, Hashable, Codable {
    package enum Origin: String, Sendable, Hashable, Codable {
        /// The checkpoint's own arguments say so.
        case told
        /// `--network` says so.
        case given
        /// All published weights of this spelling agree.
        case assumed
    }

    package var key: String
    package var value: String
    package var origin: Origin

    package init(key: String, value: String, origin: Origin) {
        self.key = key
        self.value = value
        self.origin = origin
    }
}

/// An ImageNet-1K accuracy as its authors report it.
package struct PublishedAccuracy: Sendable, Hashable, Codable {
    /// Per cent.
    package var top1: Double
    package var timeSteps: Int
    package var source: String

    private enum CodingKeys: String, CodingKey {
        case top1, source
        case timeSteps = "timesteps"
    }

    package init(top1: Double, timeSteps: Int, source: String) {
        self.top1 = top1
        self.timeSteps = timeSteps
        self.source = source
    }

    /// In a line.
    package var text: String { "\(top1) % with T = \(timeSteps): \(source)" }
}

/// How a family's authors resize and crop; the rest is ImageNet's usual.
package struct PublishedPreprocessing: Sendable, Hashable, Codable {
    /// A name of `--interpolation`.
    package var interpolation: String
    /// What the crop is of the resized short side.
    package var cropFraction: Double

    private enum CodingKeys: String, CodingKey {
        case interpolation
        case cropFraction = "crop_fraction"
    }

    package init(interpolation: String, cropFraction: Double) {
        self.interpolation = interpolation
        self.cropFraction = cropFraction
    }

    /// In a line.
    package var text: String { "\(interpolation), crop \(cropFraction) of the short side" }
}
