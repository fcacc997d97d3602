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
            let plane = try planes(of: node.inputs[0])
            guard plane.count == 1, plane[0].count == 1, plane[0][0].node >= 0 else { throw refuse(index, "it mixes counts along an axis") }
            let weight = tensor(mixing.weight)
            var expression = Expression(
                Term(
                    source: .mix(spikes: plane[0][0].node, mixing),
                    layer: RealLayer(weight, scale: Array(repeating: 1, count: weight.shape[0])), factor: ones,
                    outer: OuterScale(
                        bias: mixing.bias.map(values) ?? Array(repeating: 0, count: weight.shape[0]), scale: [1], shift: [0]),
                    layers: layerOutputs(index, weight.shape[0])), channels: channels)
            expression.spread = Array(repeating: .infinity, count: channels)
            return expression
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
            guard scaled.terms.allSatisfy({ $0.outer == nil }) else { throw refuse(index, "a scaled current is scaled again") }
            scaled.scale(factor)
            return scaled
        case .product(let heads, let exponent):
            var sources: [Int] = []
            for input in node.inputs {
                let plane = try planes(of: input)
                guard plane.count == 1, plane[0].count == 1 else { throw refuse(index, "it multiplies joined spikes") }
                sources.append(plane[0][0].node)
            }
            return Expression(
                Term(
                    source: .attention(query: sources[0], key: sources[1], value: sources[2], heads: heads),
                    factor: Array(repeating: exponent >= 0 ? Double(1 << exponent) : 1 / Double(1 << -exponent), count: channels),
                    layers: layerOutputs(index, channels / heads)),
                channels: channels)
        case .flatten where features[node.inputs[0]].positions == 1:
            return try expression(of: node.inputs[0])
        default:
            throw refuse(index, "its operation on currents is not supported in fixed point")
        }
    }

    /// Spikes or counts as numbers.
    private func amplitudes(_ index: Int) throws(Failure) -> Expression {
        let channels = features[index].channels
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
        return Expression(
            Term(source: input.sharesTaps ? .positions(planes: input.planes) : .spikes(planes: input.planes), factor: factor),
            channels: channels)
    }

    private func layerOutputs(_ index: Int, _ outputs: Int) -> [(layer: Int, outputs: Int)] {
        layer(index).map { [($0, outputs)] } ?? []
    }

    /// A convolution or linear layer.
    private func layer(_ convolution: Convolution, _ index: Int) throws(Failure) -> Expression {
        let output = features[index]
        let outputs = output.channels
        let zeros = Array(repeating: 0.0, count: outputs)
        var input = graph.nodes[index].inputs[0]
        var bias = convolution.bias.map(values) ?? zeros
        var time: [Double]?
        var inner = zeros
        var inputScale: [Double]?
        if layer(index) != nil, features[input].isCurrent, case .normalisation(let normalisation) = graph.nodes[input].operation {
            // A normalisation of spikes goes into the layer behind it.
            let (scale, shift) = affine(normalisation)
            let constants = self.outputs(of: convolution, for: shift)
            inputScale = scale
            time = normalisation.timeScale.map(values)
            if time == nil { bias = zip(bias, constants).map(+) } else { inner = constants }
            input = graph.nodes[input].inputs[0]
        }
        var term: Term
        if layer(index) != nil {
            let spikes = try spikeInput(of: input)
            let window = spikes.isWhole ? wholeWindow(spikes.grid) : window(convolution, spikes.grid, output)
            let scale = Array(repeating: 1 / Double(spikes.divisor), count: outputs)
            if isDepthwise(convolution, index), spikes.planes.count == 1, spikes.planes[0].count == 1, !spikes.isWhole,
                spikes.planes[0][0].node >= 0, !standsAmongOthers(spikes.planes[0][0].node)
            {
                term = Term(
                    source: .window(spikes: spikes.planes[0][0].node, window),
                    layer: RealLayer(tensor(convolution.weight), scale: inputScale.map { zip($0, scale).map(*) } ?? scale), factor: zeros)
            } else {
                var weight = try expanded(convolution, inputs: features[input].channels, index)
                if spikes.isWhole, !spikes.sharesTaps {
                    weight = Tensor(shape: [outputs, spikes.grid.channels, spikes.grid.height, spikes.grid.width], values: weight.values)
                }
                term = Term(
                    source: .rows(planes: spikes.planes, window: window.isPointwise ? nil : window, sharesTaps: spikes.sharesTaps),
                    layer: RealLayer(weight, scale: scale, inputScale: inputScale), factor: zeros)
            }
            term.layers = layerOutputs(index, outputs / convolution.groups)
        } else {
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
            term = Term(
                source: input == 0 ? .image(grid) : .products(current: input, grid),
                layer: RealLayer(weight, scale: Array(repeating: 1, count: outputs)), factor: zeros)
        }
        if let time { term.outer = OuterScale(bias: inner, scale: [1], shift: [0], time: time) }
        var expression = Expression(term, channels: outputs)
        expression.bias = bias
        return expression
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

    /// Scale and shift of a normalisation.
    func affine(_ normalisation: Normalisation) -> (scale: [Double], shift: [Double]) {
        let (gamma, beta) = (values(normalisation.weight), values(normalisation.bias))
        let (mean, variance) = (values(normalisation.mean), values(normalisation.variance))
        let scale = zip(gamma, variance).map { $0 / ($1 + normalisation.epsilon).squareRoot() }
        return (scale, scale.indices.map { beta[$0] - mean[$0] * scale[$0] })
    }

    /// A kept current's layers once more, where each channel has a factor that what is kept cannot take.
    private func computedAgain(_ input: Int, for index: Int) throws(Failure) -> Expression {
        guard !isGridStep(input), !isJoin(input), features[input].isCurrent, input > 0 else {
            throw refuse(index, "it normalises pooled or joined currents that other currents are added to")
        }
        let again = try expression(of: input, isRoot: true)
        guard !again.terms.contains(where: \.isKept), again.terms.allSatisfy({ $0.outer == nil }) else {
            throw refuse(index, "it normalises a kept current that other currents are added to")
        }
        return again
    }

    private func normalised(_ normalisation: Normalisation, _ index: Int) throws(Failure) -> Expression {
        var inner = try expression(of: graph.nodes[index].inputs[0])
        let (scale, shift) = affine(normalisation)
        let channels = inner.channels
        let zeros = Array(repeating: 0.0, count: channels)
        let time = normalisation.timeScale.map(values)
        let output = features[index]
        if normalisation.axis == .channel, time == nil {
            guard inner.terms.allSatisfy({ $0.outer == nil }) else {
                throw refuse(index, "it normalises what is scaled by positions or time steps")
            }
            if inner.terms.contains(where: \.isKept) { inner = try computedAgain(graph.nodes[index].inputs[0], for: index) }
            inner.scale(scale, shift: shift, deviation: values(normalisation.weight).map(abs))
            return inner
        }
        guard inner.terms.count == 1 else { throw refuse(index, "it normalises by position or time step what several layers come to") }
        if inner.terms[0].isKept, normalisation.axis == .channel { inner = try computedAgain(graph.nodes[index].inputs[0], for: index) }
        if case .mix = inner.terms[0].source {
            guard normalisation.axis == .row || normalisation.axis == .column, var outer = inner.terms[0].outer, outer.time.isEmpty else {
                throw refuse(index, "it normalises a map along an axis by another axis")
            }
            inner.terms[0].layer = inner.terms[0].layer?.scaled(scale)
            outer.bias = zip(zip(outer.bias, scale).map(*), shift).map(+)
            outer.time = time ?? []
            inner.terms[0].outer = outer
            return inner
        }
        guard inner.terms[0].outer == nil else { throw refuse(index, "it normalises by position what is scaled already") }
        if normalisation.axis == .channel {
            inner.scale(scale, shift: shift, deviation: values(normalisation.weight).map(abs))
            inner.terms[0].outer = OuterScale(bias: inner.bias, scale: [1], shift: [0], time: time ?? [])
        } else {
            let positions = (0..<output.positions).map { position in
                switch normalisation.axis {
                case .row: position / output.width
                case .column: position % output.width
                default: position
                }
            }
            inner.terms[0].outer = OuterScale(
                bias: inner.bias, scale: positions.map { scale[$0] }, shift: positions.map { shift[$0] }, time: time ?? [])
        }
        inner.bias = zeros
        let factor = (time ?? [1]).reduce(0) { max($0, abs($1)) }
        inner.center = zeros.map { _ in Term.most(of: values(normalisation.bias)) * factor }
        inner.spread = zeros.map { _ in Term.most(of: values(normalisation.weight)) * factor }
        return inner
    }
}
