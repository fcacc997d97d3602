package import Diagnostics
package import Networks

/// A family of networks: how its checkpoints are known, and how their shapes become a graph.
package protocol NetworkFamily {
    /// Everything that makes one network of the family differ from another.
    associatedtype Configuration: Sendable, Hashable

    /// As `--network` names it.
    static var name: String { get }
    /// The preprocessing that its publications used.
    static var preprocessing: PreprocessingRecipe { get }
    /// The time steps that its publications used.
    static var timeSteps: Int { get }
    /// Its published networks in full size.
    static var published: [Publication<Configuration>] { get }

    /// Whether tensors may be those of one of its networks.
    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool
    /// What the tensors tell. One tensor that is missing or does not fit is no matter: all are compared with the graph's afterwards.
    ///
    /// - Throws: `network.unrecognised` where the tensors do not tell enough, `network.invalid-options`.
    static func configuration(_ shapes: TensorShapes, _ facts: inout NetworkFacts) throws(Failure) -> Configuration
    static func graph(_ configuration: Configuration) -> NetworkGraph
    /// The same network in the spelling of ``published``, where checkpoints have several.
    static func canonical(_ configuration: Configuration) -> Configuration
    /// Tensors of its checkpoints that nothing reads.
    static func unusedTensors(_ shapes: TensorShapes) -> Set<String>
}

extension NetworkFamily {
    package static func canonical(_ configuration: Configuration) -> Configuration { configuration }
    package static func unusedTensors(_ shapes: TensorShapes) -> Set<String> { [] }
}

/// A published network and its size.
package struct Publication<Configuration: Sendable & Hashable>: Sendable {
    package let network: PublishedNetwork
    package let configuration: Configuration
}

extension Failure.Code {
    /// The tensors are those of no family's network, or do not tell which.
    package static let unrecognisedNetwork = Failure.Code("network.unrecognised")
}

/// The families that this program knows.
package enum NetworkFamilies {
    package static let all: [any NetworkFamily.Type] = [
        SpikingMLP.self, SpikingResNet.self, SEWResNet.self, MSResNet.self, SpikingVGG.self, SpikeDrivenTransformer.self, MaxFormer.self,
    ]

    package static var names: [String] { all.map { $0.name } }

    /// The network whose tensors these are.
    ///
    /// - Parameters:
    ///   - options: what the user says about it.
    ///   - imageSize: as the user says; needed where shapes do not tell it.
    /// - Throws: `network.unrecognised`, `network.invalid-options`, `network.invalid`.
    package static func recognise(
        shapes: TensorShapes, options: NetworkOptions? = nil, arguments: SavedArguments = SavedArguments(), imageSize: Int? = nil
    ) throws(Failure) -> Network {
        let found = all.filter { $0.recognises(shapes, arguments) }
        if let options {
            guard let family = found.first(where: { $0.name == options.family }) else {
                let others = found.map { $0.name }.joined(separator: " or ")
                throw Failure(
                    .unrecognisedNetwork,
                    "The tensors are not those of a \(options.family)" + (found.isEmpty ? "." : ", but of a \(others)."),
                    remedy: "Leave --network out, or give the checkpoint that it describes.")
            }
            return try network(family, shapes, options, arguments, imageSize)
        }
        guard let family = found.first else {
            throw Failure(
                .unrecognisedNetwork, "The tensors are those of no family that is known (\(names.joined(separator: ", "))).",
                remedy: "Give the whole state dict of one network, or describe the network: --network FILE.json.")
        }
        guard found.count == 1 else {
            throw Failure(
                .unrecognisedNetwork,
                "The tensors may be those of a \(found.map { $0.name }.joined(separator: " or a ")): both have the same names.",
                remedy: "Say which: --network \(found.map { $0.name }.joined(separator: "|")).")
        }
        return try network(family, shapes, options, arguments, imageSize)
    }

    /// Names that ``named(_:)`` knows.
    package static var publishedNames: [String] { all.flatMap { names(of: $0) } }

    /// A published network by its name; nil where there is none.
    ///
    /// - Throws: `network.invalid`.
    package static func named(_ name: String) throws(Failure) -> Network? {
        for family in all {
            if let network = try published(family, name) { return network }
        }
        return nil
    }

    private static func network<Family: NetworkFamily>(
        _ family: Family.Type, _ shapes: TensorShapes, _ options: NetworkOptions?, _ arguments: SavedArguments, _ imageSize: Int?
    ) throws(Failure) -> Network {
        var facts = NetworkFacts(family: family.name, options: options, arguments: arguments, imageSize: imageSize)
        let configuration = try family.configuration(shapes, &facts)
        try facts.settle()
        let graph = family.graph(configuration)
        let canonical = family.canonical(configuration)
        return try Network(
            graph,
            about: Network.About(
                family: family.name, facts: facts.facts, published: family.published.first { $0.configuration == canonical }?.network,
                preprocessing: family.preprocessing, timeSteps: graph.longestTimeScale ?? family.timeSteps,
                unusedTensors: family.unusedTensors(shapes)))
    }

    private static func names<Family: NetworkFamily>(of family: Family.Type) -> [String] { family.published.map(\.network.name) }

    private static func published<Family: NetworkFamily>(_ family: Family.Type, _ name: String) throws(Failure) -> Network? {
        guard let publication = family.published.first(where: { $0.network.name == name }) else { return nil }
        return try Network(
            family.graph(publication.configuration),
            about: Network.About(
                family: family.name, published: publication.network, preprocessing: family.preprocessing,
                timeSteps: publication.network.timeSteps ?? family.timeSteps))
    }
}

extension NetworkFamily {
    /// The failure of a configuration whose tensors do not tell enough.
    static func untold(_ what: [String]) -> Failure {
        Failure(
            .unrecognisedNetwork, "The tensors are like those of a \(name), but nothing tells its \(what.joined(separator: ", ")).",
            remedy: "Give the whole state dict of one network.")
    }
}
