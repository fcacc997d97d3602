/// Whose way of counting activity.
package enum ActivityDialect: String, Sendable, Hashable, CaseIterable, Codable {
    /// NeuroBench's harness.
    case neurobench
    /// SpikingJelly's `SynOpCounter`.
    case spikingjelly
    /// Firing rates times FLOPs, as most papers do.
    case paper
}

/// One number as somebody else counts it, beside ours.
package struct DialectFigure: Sendable, Hashable, Codable {
    package var name: String
    package var value: Double
    /// What we call the same, and its value; nil where we count nothing like it.
    package var oursName: String?
    package var ours: Double?
    /// One sentence: what the two differ in.
    package var difference: String

    enum CodingKeys: String, CodingKey {
        case name, value, ours, difference
        case oursName = "ours_name"
    }

    package init(_ name: String, _ value: Double, ours: (name: String, value: Double)? = nil, _ difference: String) {
        self.name = name
        self.value = value
        oursName = ours?.name
        self.ours = ours?.value
        self.difference = difference
    }
}

extension NetworkWorkload {
    /// The figures of `dialect`, per image.
    ///
    /// - Parameter costs: prices of the dialect `paper`.
    package func figures(in dialect: ActivityDialect, costs: EnergyCosts) -> [DialectFigure] {
        switch dialect {
        case .neurobench: neurobenchFigures
        case .spikingjelly: [spikingjellyFigure]
        case .paper: paperFigures(costs)
        }
    }

    private var ourOperations: (name: String, value: Double) { ("synaptic operations", synapticOperations) }
    private var ourMultiplications: (name: String, value: Double) { ("MACs of the input layer", Double(input.operations)) }

    /// The harness calls every module in every time step, and lets zeros drop out: of activations and of weights.
    private var neurobenchFigures: [DialectFigure] {
        let steps = Double(timeSteps)
        let weights = layers.reduce(input.weights) { $0 + $1.weights }
        let zeros = layers.reduce(input.zeroWeights) { $0 + $1.zeroWeights }
        let spiking = layers.filter { $0.inputs == .spikes }
        let others = layers.filter { $0.inputs != .spikes }
        let accumulates = spiking.reduce(0) { $0 + $1.synapticOperations * Self.effective($1.weights, $1.zeroWeights) }
        let multiplies = others.reduce(Double(input.operations) * steps * Self.effective(input.weights, input.zeroWeights)) {
            // Older rows do not know which sums are 0: each spike is taken for an input of its own.
            let counts = $1.effectiveOperations ?? min($1.synapticOperations, Double($1.products) * steps)
            return $0 + ($1.inputs == .counts ? counts : Double($1.products) * steps) * Self.effective($1.weights, $1.zeroWeights)
        }
        let dense = layers.reduce(input.operations) { $0 + $1.products }
        let ourDense = layers.reduce(0) { $0 + $1.denseOperations }
        let named = others.map(\.name).joined(separator: ", ")
        let isBound = others.contains { $0.inputs == .counts && $0.effectiveOperations == nil }
        return [
            DialectFigure(
                "Footprint", Double(stateBytes), "Bytes of all parameters and buffers in PyTorch; our engines hold folded weights instead."),
            DialectFigure(
                "ConnectionSparsity", weights > 0 ? Self.rounded(Double(zeros) / Double(weights)) : 0,
                "Fraction of weights that are exactly 0; we count a synaptic operation whatever its weight."),
            DialectFigure(
                "ActivationSparsity", 1 - firingRate, ours: ("firing rate", firingRate), "One less the firing rate over all neurons."),
            DialectFigure(
                "Effective_MACs", multiplies, ours: ourMultiplications,
                "It counts the input layer in every time step, and layers that read means or sums of spikes as products"
                    + (named.isEmpty
                        ? "." : " (\(named)\(isBound ? "; at most: the run's rows do not say which sums and means are 0" : "")).")),
            DialectFigure(
                "Effective_ACs", accumulates, ours: ourOperations,
                "It leaves out layers that read means or sums, and weights that are 0"
                    + (zeros > 0 ? " (taken in proportion)." : " (there are none).")),
            DialectFigure(
                "Dense", Double(dense) * steps, ours: ("operations if every neuron spiked", Double(ourDense) * steps),
                "It counts the input layer in every time step, and layers that read means or sums once for each."),
        ]
    }

    private var spikingjellyFigure: DialectFigure {
        DialectFigure(
            "SynOps", layers.reduce(0) { $0 + ($1.inputs == .spikes ? $1.synapticOperations : 0) }, ours: ourOperations,
            "It counts products whose input holds zeros and ones only, so no layer that reads means or sums.")
    }

    /// Rates are those of each layer's inputs, as its synaptic operations tell them.
    private func paperFigures(_ costs: EnergyCosts) -> [DialectFigure] {
        let multiplies = Double(input.operations) * Double(timeSteps)
        let accumulates = layers.reduce(0) { sum, layer in
            guard layer.denseOperations > 0 else { return sum }
            return sum + layer.synapticOperations / Double(layer.denseOperations) * Double(layer.moduleOperations)
        }
        let ours = costs.millijoules(macs: Double(input.operations), synapticOperations: synapticOperations)
        return [
            DialectFigure(
                "MACs", multiplies, ours: ourMultiplications, "The input layer counts in every time step; its result is the same in each."),
            DialectFigure(
                "ACs", accumulates, ours: ourOperations,
                "Rate times FLOPs: FLOPs count padding, and of a layer behind a mean one product; we count what each spike reaches."),
            DialectFigure(
                "energy in mJ", costs.millijoules(macs: multiplies, synapticOperations: accumulates), ours: ("energy in mJ", ours),
                "Both by \(costs.name), AC \(costs.ac) pJ and MAC \(costs.mac) pJ, without memory."),
        ]
    }

    /// The fraction of a layer's weights that are not 0.
    private static func effective(_ weights: Int, _ zeros: Int) -> Double {
        weights > 0 ? 1 - Double(zeros) / Double(weights) : 1
    }

    /// To four decimals, as the harness rounds.
    private static func rounded(_ value: Double) -> Double { (value * 10000).rounded(.toNearestOrEven) / 10000 }
}
