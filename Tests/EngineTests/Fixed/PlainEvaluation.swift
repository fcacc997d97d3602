import Foundation
import Networks

/// A graph in the plainest code there is, in a number format of choice: in `Float` it rounds as PyTorch does, in `Double` it is the truth.
struct PlainEvaluation<Number: BinaryFloatingPoint> {
    /// `[node][step]`, each `[channel, row, column]`.
    private var values: [[[Number]]] = []
    private let network: Network
    private let tensors: [String: Tensor]
    private let timeSteps: Int

    /// - Parameter pixels: RGB bytes, `[positions, 3]`.
    init(_ parameters: Parameters, pixels: [UInt8], timeSteps: Int) {
        network = parameters.network
        tensors = parameters.tensors
        self.timeSteps = timeSteps
        var planes = Array(repeating: Float(0), count: pixels.count)
        PixelNormalization.imageNet.normalize(pixels, into: &planes)
        values.append(Array(repeating: planes.map { Number($0) }, count: timeSteps))
        for node in network.graph.nodes.indices.dropFirst() { values.append(value(of: node)) }
    }

    /// `[step][class]`
    var logits: [[Number]] { values[network.graph.output] }

    /// Spikes of all neurons, group by group.
    var spikes: [[Number]] { network.activity.groups.map { values[$0.node].flatMap { $0 } } }

    /// How many spikes differ, and by how much logits do.
    func departure<Other>(from other: PlainEvaluation<Other>) -> (spikes: Int, logits: Double) {
        let flipped = zip(spikes, other.spikes).reduce(0) { sum, groups in
            sum + zip(groups.0, groups.1).count { ($0 != 0) != ($1 != 0) }
        }
        let largest = zip(logits.joined(), other.logits.joined()).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
        return (flipped, largest)
    }

    private func numbers(_ name: String) -> [Number] { (tensors[name]?.values ?? []).map { Number($0) } }

    private func value(of node: Int) -> [[Number]] {
        let inputs = network.graph.nodes[node].inputs.map { values[$0] }
        if case .neuron(let neuron) = network.graph.nodes[node].operation { return fired(neuron, inputs[0]) }
        return (0..<timeSteps).map { step in value(of: node, inputs.map { $0[step] }, step) }
    }

    private func value(of node: Int, _ inputs: [[Number]], _ step: Int) -> [Number] {
        let output = network.features[node]
        let source = network.features[network.graph.nodes[node].inputs[0]]
        let first = inputs[0]
        switch network.graph.nodes[node].operation {
        case .image, .neuron, .flatten: return first
        case .convolution(let convolution): return convolved(convolution, first, source, output)
        case .normalisation(let normalisation): return normalised(normalisation, first, output, step)
        case .sum: return inputs.dropFirst().reduce(first) { zip($0, $1).map(+) }
        case .concatenate: return inputs.flatMap { $0 }
        case .and: return zip(first, inputs[1]).map(*)
        case .iand: return zip(first, inputs[1]).map { $0 * (1 - $1) }
        case .scale(let factor): return first.map { $0 * Number(factor) }
        case .maximumPool(let window): return pooled(window, first, source, output) { $0.max() ?? 0 }
        case .averagePool(let window):
            let count = Number(window.kernel.height * window.kernel.width)
            return pooled(window, first, source, output) { $0.reduce(0, +) / count }
        case .mean: return channels(first, source).map { $0.reduce(0, +) / Number(source.positions) }
        case .total: return channels(first, source).map { $0.reduce(0, +) }
        case .mix(let mixing): return mixed(mixing, first, output)
        case .gate:
            let gate = inputs[1].count == 1 ? Array(repeating: inputs[1][0], count: source.channels) : inputs[1]
            let isByChannel = gate.count == source.channels
            return first.indices.map {
                first[$0] * (gate.count == first.count ? gate[$0] : gate[isByChannel ? $0 / source.positions : $0 % source.positions])
            }
        case .product(let heads, let exponent): return product(heads, exponent, inputs, source)
        }
    }

    private func channels(_ values: [Number], _ feature: Feature) -> [ArraySlice<Number>] {
        (0..<feature.channels).map { values[$0 * feature.positions..<($0 + 1) * feature.positions] }
    }

    private func fired(_ neuron: Neuron, _ input: [[Number]]) -> [[Number]] {
        var rate: Number = 0
        switch neuron.leak {
        case .none: break
        case .tau(let tau): rate = 1 / Number(tau)
        case .learned(let name): rate = 1 / (1 + Number(exp(-Double(numbers(name)[0]))))
        }
        var rest: Number = 0
        if case .hard(let value) = neuron.reset { rest = Number(value) }
        let threshold = Number(neuron.threshold)
        var potentials = input[0].map { _ in Number(0) }
        return input.map { currents in
            currents.indices.map { place in
                var potential = potentials[place]
                if neuron.decaysInput, neuron.leak != .none {
                    potential += (currents[place] - (potential - rest)) * rate
                } else {
                    potential = potential - (potential - rest) * rate + currents[place]
                }
                let fires = neuron.isStrict ? potential > threshold : potential >= threshold
                if fires { potential = neuron.reset == .soft ? potential - threshold : rest }
                potentials[place] = potential
                return fires ? 1 : 0
            }
        }
    }

    private func normalised(_ normalisation: Normalisation, _ input: [Number], _ feature: Feature, _ step: Int) -> [Number] {
        let (gamma, beta) = (numbers(normalisation.weight), numbers(normalisation.bias))
        let (mean, variance) = (numbers(normalisation.mean), numbers(normalisation.variance))
        let scale = zip(gamma, variance).map { $0 / ($1 + Number(normalisation.epsilon)).squareRoot() }
        let time = normalisation.timeScale.map { numbers($0)[step] } ?? 1
        return input.indices.map { place in
            let position = place % feature.positions
            let own =
                switch normalisation.axis {
                case .channel: place / feature.positions
                case .token: position
                case .row: position / feature.width
                case .column: position % feature.width
                }
            return (input[place] * scale[own] + (beta[own] - mean[own] * scale[own])) * time
        }
    }

    private func convolved(_ convolution: Convolution, _ input: [Number], _ source: Feature, _ output: Feature) -> [Number] {
        let shape = network.graph.tensorShapes[convolution.weight] ?? []
        let kernel = shape.count == 4 ? Extent2(shape[2], shape[3]) : .one
        let weight = numbers(convolution.weight)
        let bias = convolution.bias.map(numbers)
        return (0..<output.neurons).map { place in
            let (channel, position) = (place / output.positions, place % output.positions)
            let group = channel / (output.channels / convolution.groups)
            var sum: Number = 0
            for own in 0..<shape[1] {
                for tap in 0..<kernel.height * kernel.width {
                    let row =
                        position / output.width * convolution.stride.height - convolution.padding.height
                        + tap / kernel.width * convolution.dilation.height
                    let column =
                        position % output.width * convolution.stride.width - convolution.padding.width
                        + tap % kernel.width * convolution.dilation.width
                    guard (0..<source.height).contains(row), (0..<source.width).contains(column) else { continue }
                    sum +=
                        weight[(channel * shape[1] + own) * kernel.height * kernel.width + tap]
                        * input[((group * shape[1] + own) * source.height + row) * source.width + column]
                }
            }
            return sum + (bias?[channel] ?? 0)
        }
    }

    private func pooled(
        _ window: PoolingWindow, _ input: [Number], _ source: Feature, _ output: Feature, _ body: ([Number]) -> Number
    ) -> [Number] {
        (0..<output.neurons).map { place in
            let (channel, position) = (place / output.positions, place % output.positions)
            let top = position / output.width * window.stride.height - window.padding.height
            let left = position % output.width * window.stride.width - window.padding.width
            var below: [Number] = []
            for row in max(top, 0)..<min(top + window.kernel.height, source.height) {
                for column in max(left, 0)..<min(left + window.kernel.width, source.width) {
                    below.append(input[(channel * source.height + row) * source.width + column])
                }
            }
            return body(below)
        }
    }

    private func mixed(_ mixing: AxisMixing, _ input: [Number], _ feature: Feature) -> [Number] {
        let weight = numbers(mixing.weight)
        let bias = mixing.bias.map(numbers)
        let isRows = mixing.axis == .rows
        let side = isRows ? feature.height : feature.width
        return input.indices.map { place in
            let position = place % feature.positions
            let own = isRows ? position / feature.width : position % feature.width
            let stride = isRows ? feature.width : 1
            let start = place - own * stride
            let sum = (0..<side).reduce(Number(0)) { $0 + weight[own * side + $1] * input[start + $1 * stride] }
            return sum + (bias?[own] ?? 0)
        }
    }

    private func product(_ heads: Int, _ exponent: Int, _ inputs: [[Number]], _ feature: Feature) -> [Number] {
        let (query, key, value) = (inputs[0], inputs[1], inputs[2])
        let width = feature.channels / heads
        let factor = Number(sign: .plus, exponent: Number.Exponent(exponent), significand: 1)
        return query.indices.map { place in
            let (channel, position) = (place / feature.positions, place % feature.positions)
            let head = channel / width * width
            var sum: Number = 0
            for row in head..<head + width where query[row * feature.positions + position] != 0 {
                for token in 0..<feature.positions {
                    sum += key[row * feature.positions + token] * value[channel * feature.positions + token]
                }
            }
            return sum * factor
        }
    }
}
