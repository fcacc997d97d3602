import Foundation
import Networks

enum Fixtures {
    static let networks = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/networks")
}

extension Network {
    /// The shapes that a checkpoint of this network has.
    var shapes: [String: [Int]] { graph.tensorShapes }

    func node(_ name: String) -> NetworkGraph.Node? { graph.nodes.first { $0.name == name } }

    func neuron(_ name: String) -> Neuron? {
        guard case .neuron(let neuron) = node(name)?.operation else { return nil }
        return neuron
    }

    /// The names of the nodes that a node reads.
    func inputs(_ name: String) -> [String] { node(name)?.inputs.map { graph.nodes[$0].name } ?? [] }

    func setting(_ key: String) -> NetworkSetting? { facts.settings.first { $0.key == key } }
}
