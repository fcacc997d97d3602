internal import Diagnostics
internal import Networks
internal import SpikeKernels

/// Convolutions and linear layers.
extension Folder {
    func layerOutputs(_ index: Int, _ outputs: Int) -> [(layer: Int, outputs: Int)] {
        layer(index).map { [($0, outputs)] } ?? []
    }

    /// A convolution or linear layer.
    func layer(_ convolution: Convolution, _ index: Int) throws(Failure) -> Expression {
        if let number = layer(index) { return try layer(convolution, index, source: network.activity.layers[number].source) }
        let output = features[index]
        let outputs = output.channels
        let zeros = Array(repeating: 0.0, count: outputs)
        var input = graph.nodes[index].inputs[0]
        var grid = window(convolution, features[input], output)
        var weight =
            isDepthwise(convolution, index) && input > 0
            ? tensor(convolution.weight) : try expanded(convolution, inputs: features[input].channels, index)
        if case .flatten = graph.nodes[input].operation {
            // Channels, rows and columns in one: a window as large as the grid.
            input = graph.nodes[input].inputs[0]
            let feature = features[input]
            grid = wholeWindow(feature)
            weight = Tensor(shape: [outputs, feature.channels, feature.height, feature.width], values: weight.values)
        }
        guard input == 0 || isStored(input) else { throw refuse(index, "it reads a current that is not kept") }
        let term = Term(
            source: input == 0 ? .image(grid) : .products(current: input, grid),
            layer: RealLayer(weight, scale: Array(repeating: 1, count: outputs)), factor: zeros)
        var expression = Expression(term, channels: outputs)
        expression.bias = convolution.bias.map(values) ?? zeros
        return expression
    }

    /// A layer on spikes or counts: one for each of the parts that it reads.
    private func layer(_ convolution: Convolution, _ index: Int, source: Int) throws(Failure) -> Expression {
        let outputs = features[index].channels
        let zeros = Array(repeating: 0.0, count: outputs)
        let input = try layerInput(of: index, source: source)
        var terms: [Term] = []
        for part in input.parts {
            var term = try self.term(convolution, index, part, of: input)
            term.layers = layerOutputs(index, outputs / convolution.groups)
            if let counted = layer(index).flatMap({ network.activity.layers[$0].counted }) {
                let isFlat = part.spikes.isWhole && !part.spikes.sharesTaps
                term.counted = [
                    CountedPart(node: counted, first: part.channels.lowerBound, flattened: isFlat ? part.spikes.grid.positions : 1)
                ]
            }
            if let time = input.time {
                let inner = terms.isEmpty ? self.outputs(of: convolution, for: input.inner) : zeros
                term.outer = OuterScale(bias: inner, scale: [1], shift: [0], time: time)
            }
            terms.append(term)
        }
        guard let first = terms.first else { throw refuse(index, "it reads no spikes") }
        var expression = Expression(first, channels: outputs)
        expression.terms = terms
        expression.bias = convolution.bias.map(values) ?? zeros
        if input.scale != nil {
            expression.bias = zip(expression.bias, self.outputs(of: convolution, for: input.shift)).map(+)
        }
        return expression
    }

    private func term(_ convolution: Convolution, _ index: Int, _ part: LayerInput.Part, of input: LayerInput) throws(Failure) -> Term {
        let spikes = part.spikes
        let output = features[index]
        guard !spikes.isWhole || convolution.padding == .zero && tensor(convolution.weight).shape.dropFirst(2).allSatisfy({ $0 == 1 })
        else {
            throw refuse(index, "its window is larger than the one position that it reads")
        }
        let window = spikes.isWhole ? wholeWindow(spikes.grid) : window(convolution, spikes.grid, output)
        let scale = Array(repeating: 1 / Double(spikes.divisor), count: output.channels)
        let inputScale = input.scale.map { Array($0[part.channels]) }
        let zeros = Array(repeating: 0.0, count: output.channels)
        if isDepthwise(convolution, index), input.parts.count == 1, spikes.planes.count == 1, spikes.planes[0].count == 1, !spikes.isWhole,
            spikes.planes[0][0].node >= 0, !standsAmongOthers(spikes.planes[0][0].node)
        {
            return Term(
                source: .window(spikes: spikes.planes[0][0].node, window),
                layer: RealLayer(tensor(convolution.weight), scale: inputScale.map { zip($0, scale).map(*) } ?? scale), factor: zeros)
        }
        var weight = try expanded(convolution, inputs: features[graph.nodes[index].inputs[0]].channels, index)
        if input.parts.count > 1 { weight = weight.inputs(part.channels) }
        if spikes.isWhole, !spikes.sharesTaps {
            weight = Tensor(
                shape: [output.channels, spikes.grid.channels, spikes.grid.height, spikes.grid.width], values: weight.values)
        }
        return Term(
            source: .rows(planes: spikes.planes, window: window.isPointwise ? nil : window, sharesTaps: spikes.sharesTaps),
            layer: RealLayer(weight, scale: scale, inputScale: inputScale), factor: zeros)
    }

    private func isDepthwise(_ convolution: Convolution, _ index: Int) -> Bool {
        convolution.groups > 1 && convolution.groups == features[index].channels
            && features[graph.nodes[index].inputs[0]].channels == convolution.groups
    }

    /// A layer's weights over all inputs, zeros where its groups do not reach.
    private func expanded(_ convolution: Convolution, inputs: Int, _ index: Int) throws(Failure) -> Tensor {
        let tensor = tensor(convolution.weight)
        guard convolution.groups > 1 else { return tensor }
        let (outputs, own) = (tensor.shape[0], tensor.shape[1])
        let taps = tensor.shape.dropFirst(2).reduce(1, *)
        let (count, overflow) = (outputs * taps).multipliedReportingOverflow(by: inputs)
        guard !overflow, count <= NetworkLimit.parameters else { throw refuse(index, "its groups would take too much memory") }
        var values = [Float](repeating: 0, count: count)
        for output in 0..<outputs {
            let group = output / (outputs / convolution.groups)
            for input in 0..<own {
                for tap in 0..<taps {
                    values[(output * inputs + group * own + input) * taps + tap] = tensor.values[(output * own + input) * taps + tap]
                }
            }
        }
        return Tensor(shape: [outputs, inputs] + tensor.shape.dropFirst(2), values: values)
    }

    /// What a layer gives for constant inputs.
    private func outputs(of convolution: Convolution, for inputs: [Double]) -> [Double] {
        let weight = tensor(convolution.weight)
        let (count, taps) = (weight.shape[1], weight.shape.dropFirst(2).reduce(1, *))
        return (0..<weight.shape[0]).map { output in
            let group = output / (weight.shape[0] / convolution.groups)
            return (0..<count).reduce(0) { sum, input in
                let first = (output * count + input) * taps
                return sum + inputs[group * count + input] * weight.values[first..<first + taps].reduce(0) { $0 + Double($1) }
            }
        }
    }
}

extension Tensor {
    /// The weights of some of the inputs.
    fileprivate func inputs(_ range: Range<Int>) -> Tensor {
        let taps = shape.dropFirst(2).reduce(1, *)
        let rows = (0..<shape[0]).flatMap { output in
            values[(output * shape[1] + range.lowerBound) * taps..<(output * shape[1] + range.upperBound) * taps]
        }
        return Tensor(shape: [shape[0], range.count] + shape.dropFirst(2), values: rows)
    }
}
