package import Diagnostics
package import Networks

extension Failure.Code {
    /// The tensors are those of no family's network, or do not tell which.
    package static let unrecognisedNetwork = Failure.Code("network.unrecognised")
}

/// The families that this program knows.
package enum NetworkFamilies {
    private static var all: [any NetworkFamily.Type] {
        [
            SpikingMLP.self, SpikingResNet.self, SEWResNet.self, MSResNet.self, SpikingVGG.self, SpikeDrivenTransformer.self,
            MaxFormer.self,
        ]
    }

    package static var names: [String] { all.map { $0.name } }

    /// The network whose tensors these are.
    ///
    /// - Parameters:
    ///   - options: what the user says about it.
    ///   - own: what the file itself says about it in the same words.
    ///   - imageSize: as the user says; 224 where neither that nor the file tells it.
    /// - Throws: `network.unrecognised`, `network.invalid-options`, `network.invalid`.
    package static func recognise(
        shapes: TensorShapes, options: NetworkOptions? = nil, own: NetworkOptions? = nil, arguments: SavedArguments = SavedArguments(),
        imageSize: Int? = nil
    ) throws(Failure) -> Network {
        let found = all.filter { $0.recognises(shapes, arguments) }
        let foundNames = found.map { $0.name }
        let sources = NetworkQuestions.Sources(options: options, own: own, arguments: arguments, imageSize: imageSize)
        if let named = options ?? own {
            guard let family = found.first(where: { $0.name == named.family }) else {
                throw Failure(
                    .unrecognisedNetwork,
                    "The tensors are not those of a \(named.family)"
                        + (found.isEmpty ? "." : ", but of a \(foundNames.joined(separator: " or "))."),
                    remedy: "Leave --network out, or give the checkpoint that it describes.")
            }
            return try network(family, shapes, sources)
        }
        guard let family = found.first else {
            throw Failure(
                .unrecognisedNetwork, "The tensors are those of no family that is known (\(names.joined(separator: ", "))).",
                remedy: "Give the whole state dict of one network, or describe the network: --network FILE.json.")
        }
        guard found.count == 1 else {
            throw Failure(
                .unrecognisedNetwork,
                "The tensors may be those of a \(foundNames.joined(separator: " or a ")): both have the same names, and no argument tells.",
                remedy: "Say which: --network \(foundNames.joined(separator: "|")).")
        }
        return try network(family, shapes, sources)
    }

    /// Names that ``named(_:)`` knows.
    package static var publishedNames: [String] { all.flatMap { names(of: $0) } }

    /// A published network in full size by its name; nil where there is none.
    ///
    /// - Parameters:
    ///   - options: what of it shall be otherwise than it was published.
    ///   - imageSize: nil for the published one.
    /// - Throws: `network.invalid`, `network.invalid-options`.
    package static func named(_ name: String, options: NetworkOptions? = nil, imageSize: Int? = nil) throws(Failure) -> Network? {
        for family in all {
            guard let network = try published(family, name) else { continue }
            guard options != nil || imageSize != nil else { return network }
            let own = NetworkOptions(family: family.name, network.facts.settings.filter { !(options?.has($0.key) ?? false) })
            return try recognise(
                shapes: TensorShapes(network.graph.tensorShapes), options: options, own: own, imageSize: imageSize)
        }
        return nil
    }

    private static func network<Family: NetworkFamily>(
        _ family: Family.Type, _ shapes: TensorShapes, _ sources: NetworkQuestions.Sources
    ) throws(Failure) -> Network {
        var questions = NetworkQuestions(family: family.name, sources)
        let configuration = try family.configuration(shapes, &questions)
        try questions.settle()
        let canonical = family.canonical(configuration)
        let publication = family.published.first { $0.configuration == canonical }
        let graph = family.graph(configuration)
        var facts = facts(family, configuration, publication)
        facts.settings = questions.settings
        facts.timeSteps = sources.arguments.timeSteps ?? graph.longestTimeScale ?? family.timeSteps
        facts.unusedTensors = family.unusedTensors(shapes)
        return try Network(graph, facts: facts)
    }

    /// The network of a configuration, which nobody has to tell anything about.
    static func network<Family: NetworkFamily>(
        _ family: Family.Type, _ configuration: Family.Configuration
    ) throws(Failure) -> Network {
        let publication = family.published.first { $0.configuration == configuration }
        var facts = facts(family, configuration, publication)
        facts.timeSteps = publication?.accuracies.first?.timeSteps ?? family.timeSteps
        facts.settings = family.answers(configuration)
        return try Network(family.graph(configuration), facts: facts)
    }

    private static func facts<Family: NetworkFamily>(
        _ family: Family.Type, _ configuration: Family.Configuration, _ publication: Publication<Family.Configuration>?
    ) -> NetworkFacts {
        var facts = NetworkFacts()
        facts.family = family.name
        facts.sizes = family.sizes(configuration)
        facts.publishedName = publication?.name
        facts.published = publication?.accuracies ?? []
        facts.preprocessing = family.preprocessing
        return facts
    }

    private static func names<Family: NetworkFamily>(of family: Family.Type) -> [String] { family.published.map(\.name) }

    private static func published<Family: NetworkFamily>(_ family: Family.Type, _ name: String) throws(Failure) -> Network? {
        guard let publication = family.published.first(where: { $0.name == name }) else { return nil }
        return try network(family, publication.configuration)
    }
}
