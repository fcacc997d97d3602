internal import Diagnostics
internal import Networks
internal import SpikeKernels

extension Folder {
    /// What a node's current comes to in terms of stored currents and spikes.
    ///
    /// - Parameter isRoot: whether the node itself is to be computed, though it may be stored.
    func expression(of index: Int, isRoot: Bool = false) throws(Failure) -> Expression {
        let channels = features[index].channels
        let ones = Array(repeating: 1.0, count: channels)
        if !isRoot, isStored(index) {
            return Expression(Term(source: .current(index), factor: ones), channels: channels)
        }
        let node = graph.nodes[index]
        guard features[index].isCurrent else { return try amplitudes(index) }
        switch node.operation {
        case .convolution(let convolution):
            return try layer(convolution, index)
        case .mix(let mixing):
            guard layer(index) != nil else { throw refuse(index, "it mixes currents along an axis") }
            return try mixed(mixing, index)
        case .normalisation(let normalisation):
            return try normalised(normalisation, index)
        case .sum:
            var sum: Expression?
            for input in node.inputs {
                let next = try expression(of: input)
                sum = sum.map { $0 + next } ?? next
            }
            guard let sum else { throw refuse(index, "it adds up nothing") }
            return sum
        case .concatenate:
            var sum: Expression?
            var first = 0
            for input in node.inputs {
                let next = try expression(of: input).placed(at: first, of: channels)
                sum = sum.map { $0 + next } ?? next
                first += features[input].channels
            }
            guard let sum else { throw refuse(index, "it joins nothing") }
            return sum
        case .scale(let factor):
            var scaled = try expression(of: node.inputs[0])
            scaled.scale(factor)
            return scaled
        case .product(let heads, let exponent):
            var sources: [Int] = []
            for input in node.inputs { sources.append(try gathered(input, for: index)) }
            return Expression(
                Term(
                    source: .attention(query: sources[0], key: sources[1], value: sources[2], heads: heads),
                    factor: Array(repeating: exponent >= 0 ? Double(1 << exponent) : 1 / Double(1 << -exponent), count: channels),
                    layers: layerOutputs(index, channels / heads)),
                channels: channels)
        case .flatten where features[node.inputs[0]].positions == 1:
            return try expression(of: node.inputs[0])
        case .image:
            return pixels()
        default:
            throw refuse(index, "its operation on currents is not supported in fixed point")
        }
    }

    /// The image where something else than a layer reads it: a layer that changes nothing.
    private func pixels() -> Expression {
        noteMultiplied(0)
        let channels = features[0].channels
        let zeros = Array(repeating: 0.0, count: channels)
        let layer = RealLayer(outputs: channels, inputs: channels, bias: zeros) { output, row in
            for input in row.indices { row[input] = input == output ? 1 : 0 }
        }
        return Expression(Term(source: .image(pointwiseWindow(features[0])), layer: layer, factor: zeros), channels: channels)
    }

    /// A map along an axis: one for each plane of counts.
    private func mixed(_ mixing: AxisMixing, _ index: Int) throws(Failure) -> Expression {
        let channels = features[index].channels
        let input = graph.nodes[index].inputs[0]
        let weight = tensor(mixing.weight)
        let outputs = weight.shape[0]
        let zeros = Array(repeating: 0.0, count: outputs)
        let scale = zeros.map { _ in 1 / Double(features[input].whole?.divisor ?? 1) }
        var terms: [Term] = []
        for plane in try planes(of: input) {
            terms.append(
                Term(
                    source: .mix(spikes: gathered(plane, positions: features[input].positions), mixing),
                    layer: RealLayer(weight, scale: scale),
                    factor: Array(repeating: 1, count: channels),
                    outer: OuterScale(bias: terms.isEmpty ? mixing.bias.map(values) ?? zeros : zeros, scale: [1], shift: [0]),
                    layers: layerOutputs(index, outputs)))
        }
        guard let first = terms.first else { throw refuse(index, "it reads no spikes") }
        var expression = Expression(first, channels: channels)
        expression.terms = terms
        return expression
    }

    /// Spikes or counts as numbers.
    private func amplitudes(_ index: Int) throws(Failure) -> Expression {
        let channels = features[index].channels
        let parts = try summands(of: index)
        guard parts.count == 1 else {
            var sum: Expression?
            for part in parts {
                let next = try amplitudes(part.node).placed(at: part.first, of: channels)
                sum = sum.map { $0 + next } ?? next
            }
            guard let sum else { throw refuse(index, "it adds up nothing") }
            return sum
        }
        let input = try spikeInput(of: index)
        let factor = Array(repeating: 1 / Double(input.divisor), count: channels)
        guard !input.isWhole || input.sharesTaps else { throw refuse(index, "flattened spikes reach a neuron as they are") }
        let isApart = input.planes.allSatisfy { $0.count == 1 && $0[0].node >= 0 && !standsAmongOthers($0[0].node) }
        if !isApart, !input.sharesTaps {
            let layer = RealLayer(outputs: channels, inputs: channels, bias: Array(repeating: 0, count: channels)) { output, row in
                for place in row.indices { row[place] = place == output ? factor[output] : 0 }
            }
            return Expression(
                Term(source: .rows(planes: input.planes, window: nil, sharesTaps: false), layer: layer, factor: factor),
                channels: channels)
        }
        guard input.sharesTaps else { return Expression(Term(source: .spikes(planes: input.planes), factor: factor), channels: channels) }
        let planes = input.planes.map { plane in
            [SpikeSlice(node: gathered(plane, positions: input.grid.positions), channels: channels)]
        }
        return Expression(Term(source: .positions(planes: planes), factor: factor), channels: channels)
    }
}
