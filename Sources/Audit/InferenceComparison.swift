internal import SpikingMLP

/// Compares two computations of one image bit for bit.
struct InferenceComparison {
    let architecture: Architecture

    /// What is not the same first, nil where everything is: spikes of every LIF group in the order of the pass, then logits.
    func difference(
        _ left: Inference, _ leftTraces: [[UInt8]], _ right: Inference, _ rightTraces: [[UInt8]]
    ) -> String? {
        for (index, group) in architecture.lifGroups.enumerated() {
            guard leftTraces[index] == rightTraces[index], left.spikes[index] == right.spikes[index] else {
                return "spikes of \(group.name)"
            }
        }
        for (index, layer) in architecture.synapticLayers.enumerated() {
            guard left.synapticOperations[index] == right.synapticOperations[index] else { return "synaptic operations of \(layer.name)" }
        }
        guard left.logits.map({ $0.map(\.bitPattern) }) == right.logits.map({ $0.map(\.bitPattern) }) else { return "logits" }
        return nil
    }
}
