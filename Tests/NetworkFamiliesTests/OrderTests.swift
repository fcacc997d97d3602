import Diagnostics
import Foundation
import NetworkFamilies
import Networks
import Testing

/// What a database, a trace and a state dict have of a spiking MLP is listed in one order, which literal lists hold.
struct OrderTests {
    @Test(arguments: ["spe", "plain"])
    func `Groups, layers and tensors of a spiking MLP are listed as PyTorch registers them`(family: String) throws {
        let lines = try String(contentsOf: Fixtures.networks.appending(path: "order-\(family).txt"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let shapes = Dictionary(
            uniqueKeysWithValues: lines.filter { $0.hasPrefix("tensor ") }.map { line in
                let words = line.split(separator: " ")
                return (String(words[1]), words[2].split(separator: "x").compactMap { Int($0) })
            })
        let network = try NetworkFamilies.recognise(shapes: TensorShapes(shapes))
        #expect(listing(network) == lines.filter { !$0.hasPrefix("#") })
    }

    private func listing(_ network: Network) -> [String] {
        func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "x") }
        let activity = network.activity
        return activity.groups.map { "group \($0.name) \(text($0.shape))" }
            + activity.layers.map { "layer \($0.name) \($0.inputs) \($0.height) \($0.denseOperations)" }
            + network.graph.parameterSpecifications.map { "tensor \($0.name) \(text($0.shape))\($0.isTrainable ? "" : " buffer")" }
            + activity.groupsInDataFlow.map { "flow \(activity.groups[$0].name)" }
            + ["input \(activity.inputOperations)", "parameters \(network.graph.parameterCount)"]
    }
}
