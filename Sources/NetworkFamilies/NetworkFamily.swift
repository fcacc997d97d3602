package import Diagnostics
package import Networks

/// A family of networks: how its checkpoints are known, and how their shapes become a graph.
package protocol NetworkFamily {
    /// Everything that makes one network of the family differ from another.
    associatedtype Configuration: Sendable, Hashable

    /// As `--network` names it.
    static var name: String { get }
    /// The preprocessing that its publications used.
    static var preprocessing: PublishedPreprocessing { get }
    /// The time steps that its publications used.
    static var timeSteps: Int { get }
    /// Its published networks in full size.
    static var published: [Publication<Configuration>] { get }

    /// Whether tensors may be those of one of its networks.
    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool
    /// What the tensors tell. One tensor that is missing or does not fit is no matter: all are compared with the graph's afterwards.
    ///
    /// - Throws: `network.unrecognised` where the tensors do not tell enough, `network.invalid-options`.
    static func configuration(_ shapes: TensorShapes, _ questions: inout NetworkQuestions) throws(Failure) -> Configuration
    static func graph(_ configuration: Configuration) -> NetworkGraph
    /// What ``configuration(_:_:)`` would have to ask about a network in this spelling, with the answers.
    static func answers(_ configuration: Configuration) -> [NetworkSetting]
    /// What a reader wants to know of it first.
    static func sizes(_ configuration: Configuration) -> [NetworkSize]
    /// The same network in the spelling of ``published``, where checkpoints have several.
    static func canonical(_ configuration: Configuration) -> Configuration
    /// Tensors of its checkpoints that nothing reads.
    static func unusedTensors(_ shapes: TensorShapes) -> Set<String>
}

extension NetworkFamily {
    package static func answers(_ configuration: Configuration) -> [NetworkSetting] { [] }
    package static func canonical(_ configuration: Configuration) -> Configuration { configuration }
    package static func unusedTensors(_ shapes: TensorShapes) -> Set<String> { [] }
}

/// A published network: its name, its size, and what it reached.
package struct Publication<Configuration: Sendable & Hashable>: Sendable {
    package let name: String
    package let configuration: Configuration
    package let accuracies: [PublishedAccuracy]

    init(_ name: String, _ configuration: Configuration, _ accuracies: [PublishedAccuracy] = []) {
        self.name = name
        self.configuration = configuration
        self.accuracies = accuracies
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
