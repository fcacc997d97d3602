/// What a network says of one image, and what saying it took.
package struct Inference: Sendable, Hashable {
    /// What the head gives at each time step, `[steps][classes]`.
    package var logits: [[Float]]
    /// Spikes of each neuron group, in the order of ``NetworkActivity/groups``: `[group][step]`.
    package var spikes: [[Int]]
    /// Synaptic operations of each layer, in the order of ``NetworkActivity/layers``: `[layer][step]`.
    package var synapticOperations: [[Int]]
    /// The same with each input that is not 0 counted once, also where a layer reads counts or means of spikes: `[layer][step]`.
    package var effectiveOperations: [[Int]]
    /// The class after each number of time steps: the largest mean of the logits so far, the lowest class of equal ones. `[steps]`
    package var anytimePredictions: [Int]
    /// The mean of the logits over all time steps, `[classes]`.
    package var meanLogits: [Float]

    package init(logits: [[Float]], spikes: [[Int]], synapticOperations: [[Int]], effectiveOperations: [[Int]]) {
        self.logits = logits
        self.spikes = spikes
        self.synapticOperations = synapticOperations
        self.effectiveOperations = effectiveOperations
        var sums = Array(repeating: Float(0), count: logits.first?.count ?? 0)
        self.meanLogits = sums
        self.anytimePredictions = []
        for (step, logits) in logits.enumerated() {
            for (index, logit) in logits.enumerated() {
                sums[index] += logit
            }
            meanLogits = sums.map { $0 / Float(step + 1) }
            anytimePredictions.append(Inference.ranked(meanLogits, count: 1).first ?? 0)
        }
    }

    /// The `count` classes of the largest mean logits over all time steps, best first, fewer where the network has fewer; of equal ones the lowest class first.
    package func top(_ count: Int) -> [(classIndex: Int, score: Float)] {
        Inference.ranked(meanLogits, count: count).map { ($0, meanLogits[$0]) }
    }

    /// Spikes of all groups and time steps.
    package var totalSpikes: Int {
        spikes.reduce(0) { $0 + $1.reduce(0, +) }
    }

    /// Synaptic operations of all layers and time steps.
    package var totalSynapticOperations: Int {
        synapticOperations.reduce(0) { $0 + $1.reduce(0, +) }
    }

    /// Indices of the largest values, found by insertion: `count` is small. A NaN is never above another value.
    private static func ranked(_ values: [Float], count: Int) -> [Int] {
        var best: [Int] = []
        for (index, value) in values.enumerated() {
            let place = best.firstIndex { value > values[$0] || (values[$0].isNaN && !value.isNaN) } ?? best.count
            if place < count {
                best.insert(index, at: place)
                if best.count > count { best.removeLast() }
            }
        }
        return best
    }
}
