import Diagnostics
import NetworkFamilies
import Networks
import Testing

struct DescriptionRoundTripTests {
    @Test
    func `Every published network is what its description says`() throws {
        for name in NetworkFamilies.publishedNames {
            let network = try #require(try NetworkFamilies.named(name))
            let read = try NetworkDescription(reading: Array(network.json.utf8), shapes: TensorShapes(network.shapes), name: "x.json")
            #expect(read.timeSteps == network.facts.timeSteps)
            let isEqual = read.graph.nodes == network.graph.nodes.map(\.withoutLayout)
            #expect(isEqual, "\(name)")
            let checked = try Network(read.graph)
            let isAlike = checked.features == network.features && checked.shapes == network.shapes
            #expect(isAlike, "\(name)")
        }
    }

    @Test
    func `Nodes may stand in any order`() throws {
        let network = try #require(try NetworkFamilies.named("max-former-10-384"))
        var lines = network.json.split(separator: "\n").map(String.init)
        let first = try #require(lines.firstIndex { $0.hasPrefix("{\"id\"") })
        let last = try #require(lines.lastIndex { $0.hasPrefix("{\"id\"") })
        let nodes = lines[first...last].map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }
        lines.replaceSubrange(first...last, with: [nodes.reversed().joined(separator: ",\n")])
        let read = try NetworkDescription(
            reading: Array(lines.joined(separator: "\n").utf8), shapes: TensorShapes(network.shapes), name: "x.json")
        let checked = try Network(read.graph)
        #expect(Set(checked.graph.nodes.map(\.name)) == Set(network.graph.nodes.map(\.name)))
        for node in network.graph.nodes {
            #expect(checked.inputs(node.name) == network.inputs(node.name))
        }
    }
}

extension NetworkGraph.Node {
    /// Descriptions do not say how PyTorch orders spikes.
    fileprivate var withoutLayout: NetworkGraph.Node {
        guard case .neuron(let neuron) = operation else { return self }
        return NetworkGraph.Node(name: name, operation: .neuron(neuron.ordered(.channels)), inputs: inputs)
    }
}
