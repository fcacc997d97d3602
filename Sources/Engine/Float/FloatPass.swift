import Networks
import SpikeKernels

/// One thread's memory for a ``FloatNetwork``, and what it does with it.
final class FloatPass {
    let network: FloatNetwork
    let images: Int
    let steps: Int
    var activity: ActivityRecorder
    /// Statistics measured on the way; nil while evaluating.
    private(set) var calibration: Calibration?
    let plan: MemoryPlan
    /// The buffers of the plan.
    var reals: [[Double]]
    var words: [[UInt64]]
    /// Membrane potentials and input currents of the neurons of one position.
    private var potentials: [Double]
    private var currents: [Double]

    init(_ network: FloatNetwork, images: Int, steps: Int, isTracing: Bool = false, calibration: Calibration? = nil) {
        self.network = network
        self.images = images
        self.steps = steps
        self.calibration = calibration
        activity = ActivityRecorder(network: network.network, steps: steps, isTracing: isTracing)
        plan = MemoryPlan(network.network, reads: network.reads, images: images, steps: steps)
        reals = plan.realSizes.map { Array(repeating: 0, count: $0) }
        words = plan.wordSizes.map { Array(repeating: 0, count: $0) }
        let widest = network.network.activity.groups.reduce(0) { max($0, paddedToLanes($1.channels)) }
        potentials = Array(repeating: 0, count: widest)
        currents = potentials
    }

    /// Node by node, each through all time steps: a step depends on no later one.
    ///
    /// - Parameter input: normalised pixels, `[images, 3, size, size]`.
    /// - Returns: logits, `[images * steps][classes]`.
    func logits(_ input: [Float]) -> [[Float]] {
        activity.reset()
        for node in network.steps.indices {
            compute(node, input)
            for layer in network.readers[node] { recordOperations(layer: layer, of: node) }
            for layer in network.countReaders[node] { recordEffective(layer: layer, of: node) }
        }
        let output = real(network.network.graph.output)
        return (0..<images * steps).map { frame in
            let first = output.index(frame: output.frame(image: frame / steps, step: frame % steps), position: 0)
            return output.values[first..<first + output.channels].map { Float($0) }
        }
    }

    private func compute(_ node: Int, _ input: [Float]) {
        switch network.steps[node] {
        case .convolution(let convolution):
            let source = feature(node, 0)
            write(node) { y in
                switch value(node, 0) {
                case .spikes(let x): convolution.apply(x, grid: Extent2(source.height, source.width), into: &y)
                case .real(let x): convolution.apply(x, into: &y)
                }
            }
        case .mixing(let mixing):
            write(node) { y in
                switch value(node, 0) {
                case .spikes(let x): mixing.apply(x, into: &y)
                case .real(let x): mixing.apply(x, into: &y)
                }
            }
        case .normalisation(let loaded, let measured):
            var normalisation = loaded
            if calibration != nil {
                let width = network.network.features[measured].width
                normalisation = calibration?.calibrated(loaded, on: value(measured), width: width) ?? loaded
            }
            write(node) { y in
                if !isInPlace(node) { y.set(value(node, 0)) }
                normalisation.apply(to: &y)
            }
        case .neuron(let step, let group):
            fire(node, step)
            activity.recordSpikes(group: group, spikes(node))
        case .product(let heads, let exponent, let layer):
            let (q, k, v) = (spikes(reads(node, 0)), spikes(reads(node, 1)), spikes(reads(node, 2)))
            write(node) { y in
                HeadProduct(heads: heads, exponent: exponent).apply(q, k, v, into: &y) { frame, operations in
                    if let layer { activity.addOperations(operations, layer: layer, step: frame % steps) }
                }
            }
        case .plain(.image):
            write(node) { $0.setPlanes(input) }
        case .plain(let operation):
            if network.network.features[node].isSpikes {
                computeSpikes(node, operation)
            } else {
                computeReals(node, operation)
            }
        }
    }

    private func computeSpikes(_ node: Int, _ operation: Operation) {
        let source = feature(node, 0)
        write(node) { (y: inout SpikeMap) in
            switch operation {
            case .and, .iand, .gate:
                if !isInPlace(node) { y.set(spikes(reads(node, 0))) }
                let other = spikes(reads(node, 1))
                switch operation {
                case .and: y.keep { other.words[$0] }
                case .iand: y.keep { ~other.words[$0] }
                default: y.gate(by: other)
                }
            case .concatenate: y.setChannels(network.reads[node].map { spikes($0) })
            case .flatten: y.setFlattened(spikes(reads(node, 0)))
            case .maximumPool(let window):
                y.setPooled(spikes(reads(node, 0)), grid: Extent2(source.height, source.width), output: feature(node), window)
            default: preconditionFailure("\(operation) gives no spikes")
            }
        }
    }

    private func computeReals(_ node: Int, _ operation: Operation) {
        let source = feature(node, 0)
        write(node) { (y: inout FeatureMap) in
            switch operation {
            case .sum:
                if !isInPlace(node) { y.set(value(node, 0)) }
                for input in network.reads[node].dropFirst() { y.add(value(input)) }
            case .concatenate:
                y.fill(with: 0)
                var first = 0
                for input in network.reads[node] {
                    y.add(value(input), firstChannel: first)
                    first += feature(input).channels
                }
            case .scale(let factor):
                if !isInPlace(node) { y.set(value(node, 0)) }
                scaleAndShift(&y.values, offset: 0, count: y.size, scale: factor, shift: 0)
            case .maximumPool(let window): y.setPooled(real(reads(node, 0)), window)
            case .averagePool(let window): y.setAverage(value(node, 0), grid: Extent2(source.height, source.width), window)
            case .mean: y.setAverage(value(node, 0), grid: Extent2(source.height, source.width), .whole(source))
            case .total: y.setAverage(value(node, 0), grid: Extent2(source.height, source.width), .whole(source), isDivided: false)
            case .flatten: y.setFlattened(real(reads(node, 0)))
            default: preconditionFailure("\(operation) gives spikes")
            }
        }
    }

    private func fire(_ node: Int, _ step: NeuronStep) {
        let input = value(node, 0)
        write(node) { (y: inout SpikeMap) in
            for image in 0..<images {
                for position in 0..<y.tokens {
                    for neuron in 0..<paddedToLanes(y.channels) { potentials[neuron] = 0 }
                    for time in 0..<steps {
                        let frame = image * steps + time
                        let word = y.wordIndex(frame: frame, token: position)
                        switch input {
                        case .real(let map):
                            stepNeurons(
                                step, potentials: &potentials, currents: map.values,
                                currentsOffset: map.index(frame: map.frame(image: image, step: time), position: position),
                                count: y.channels, spikes: &y.words, firstWord: word)
                        case .spikes(let map):
                            for channel in 0..<y.channels {
                                currents[channel] = map.contains(frame: frame, token: position, channel: channel) ? 1 : 0
                            }
                            stepNeurons(
                                step, potentials: &potentials, currents: currents, currentsOffset: 0, count: y.channels,
                                spikes: &y.words, firstWord: word)
                        }
                    }
                }
            }
        }
    }

    private func recordOperations(layer: Int, of node: Int) {
        switch value(node) {
        case .spikes(let map):
            activity.recordOperations(layer: layer, map)
        case .real(let map):
            let divisor = Double(feature(node).whole?.divisor ?? 1)
            activity.recordOperations(layer: layer, frames: map.frames) { frame, position in
                let first = map.index(frame: frame, position: position)
                return (first..<first + map.channels).reduce(0) { $0 + Int((map.values[$1] * divisor).rounded()) }
            }
        }
    }

    private func recordEffective(layer: Int, of node: Int) {
        let map = real(node)
        activity.recordEffective(layer: layer, frames: map.frames) { frame, position in
            let first = map.index(frame: frame, position: position)
            return (first..<first + map.channels).count { map.values[$0] != 0 }
        }
    }
}
