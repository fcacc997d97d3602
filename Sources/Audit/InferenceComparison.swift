internal import Engine
internal import Networks

/// Compares two computations of one image bit for bit.
struct InferenceComparison {
    let network: Network

    /// What is not the same first, nil where everything is: spikes of every neuron group in the order of the pass, then logits.
    func difference(
        _ left: Inference, _ leftTraces: [[UInt8]], _ right: Inference, _ rightTraces: [[UInt8]]
    ) -> String? {
        for (index, group) in network.activity.groups.enumerated() {
            guard leftTraces[index] == rightTraces[index], left.spikes[index] == right.spikes[index] else {
                return "spikes of \(group.name)"
            }
        }
        for (index, layer) in network.activity.layers.enumerated() {
            guard left.synapticOperations[index] == right.synapticOperations[index],
                left.effectiveOperations[index] == right.effectiveOperations[index]
            else { return "synaptic operations of \(layer.name)" }
        }
        guard left.logits.map({ $0.map(\.bitPattern) }) == right.logits.map({ $0.map(\.bitPattern) }) else { return "logits" }
        return nil
    }
}
