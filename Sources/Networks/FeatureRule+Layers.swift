internal import Diagnostics

extension FeatureRule {
    func convolution(_ convolution: Convolution) throws(Failure) -> Feature {
        let input = try only()
        let shape = try shape(convolution.weight)
        guard shape.count == 2 || shape.count == 4 || shape.count == 3 && shape[2] == 1 else {
            throw refused("its weights have shape \(shape), and [outputs, inputs] or [outputs, inputs, height, width] is needed")
        }
        let kernel = shape.count == 4 ? Extent2(shape[2], shape[3]) : .one
        let groups = convolution.groups
        guard groups > 0, shape[0] > 0, shape[0].isMultiple(of: groups), input.channels.isMultiple(of: groups),
            shape[1] == input.channels / groups
        else {
            throw refused("its weights of shape \(shape) in \(groups.counted("group")) do not fit \(input.channels) channels")
        }
        try require(convolution.bias, [shape[0]])
        let window = PoolingWindow(kernel: kernel, stride: convolution.stride, padding: convolution.padding)
        let (height, width) = try grid(of: input, window, dilation: convolution.dilation)
        let operations = [height, width, shape[0], shape[1], kernel.height, kernel.width].reduce((1, false)) { product, factor in
            let (value, overflow) = product.0.multipliedReportingOverflow(by: factor)
            return (value, product.1 || overflow)
        }
        guard !operations.1, operations.0 <= NetworkLimit.operations else { throw refused("it would take too many operations") }
        return Feature(kind: .current, channels: shape[0], height: height, width: width, isConstant: input.isConstant)
    }

    func normalisation(_ normalisation: Normalisation) throws(Failure) -> Feature {
        let input = try only()
        let features =
            switch normalisation.axis {
            case .channel: input.channels
            case .token: input.positions
            case .row: input.height
            case .column: input.width
            }
        for name in [normalisation.weight, normalisation.bias, normalisation.mean, normalisation.variance] {
            try require(name, [features])
        }
        guard normalisation.epsilon.isFinite, normalisation.epsilon >= 0 else { throw refused("its epsilon cannot be") }
        if let scale = normalisation.timeScale {
            let shape = try shape(scale)
            guard shape.reduce(1, { $0 &* max($1, 0) }) > 0, shape.filter({ $0 != 1 }).count <= 1 else {
                throw refused("the factors of time steps have shape \(shape), and [T] is needed")
            }
        }
        var output = input
        output.kind = .current
        if normalisation.timeScale != nil { output.isConstant = false }
        return output
    }

    func neuron(_ neuron: Neuron) throws(Failure) -> Feature {
        var output = try only()
        guard neuron.threshold.isFinite, neuron.threshold > 0 else { throw refused("its threshold has to be above 0") }
        switch neuron.leak {
        case .none: break
        case .tau(let tau):
            guard tau.isFinite, tau >= 1 else { throw refused("its time constant is \(tau), and at least 1 is needed") }
        case .learned(let name):
            let shape = try shape(name)
            guard shape.allSatisfy({ $0 == 1 }) else {
                throw refused("\(NetworkGraph.quoted(name)) has shape \(shape), and one number is needed")
            }
        }
        if case .hard(let value) = neuron.reset {
            guard value.isFinite, value < neuron.threshold else { throw refused("its reset value has to lie below its threshold") }
        }
        if case .shaped(let shape) = neuron.layout {
            guard shape.allSatisfy({ $0 > 0 }), shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == output.neurons
            else {
                throw refused("\(output.neurons.counted("neuron")) cannot have the shape \(shape)")
            }
        }
        output.kind = .spikes
        output.isConstant = false
        return output
    }

    func sum() throws(Failure) -> Feature {
        guard let first = inputs.first else { throw refused("it reads nothing") }
        guard inputs.allSatisfy({ $0.hasShape(of: first) }) else { throw refused("its inputs have different shapes") }
        var output = first
        output.isConstant = inputs.allSatisfy(\.isConstant)
        let wholes = inputs.compactMap(\.whole)
        if wholes.count == inputs.count, Set(wholes.map(\.divisor)).count == 1 {
            output.kind = try counts(largest: wholes.reduce(0) { $0 + $1.largest }, divisor: wholes[0].divisor)
        } else {
            output.kind = .current
        }
        return output
    }

    func concatenation() throws(Failure) -> Feature {
        guard let first = inputs.first else { throw refused("it reads nothing") }
        guard inputs.allSatisfy({ $0.hasGrid(of: first) }) else { throw refused("its inputs have different grids") }
        var output = first
        output.channels = inputs.reduce(0) { $0 + $1.channels }
        output.isConstant = inputs.allSatisfy(\.isConstant)
        let wholes = inputs.compactMap(\.whole)
        if inputs.allSatisfy(\.isSpikes) {
            output.kind = .spikes
        } else if wholes.count == inputs.count, Set(wholes.map(\.divisor)).count == 1 {
            output.kind = .counts(largest: wholes.map(\.largest).max() ?? 1, divisor: wholes[0].divisor)
        } else {
            output.kind = .current
        }
        return output
    }

    func pooled(_ window: PoolingWindow) throws(Failure) -> Feature {
        var output = try only()
        guard window.padding.height * 2 <= window.kernel.height, window.padding.width * 2 <= window.kernel.width else {
            throw refused("its padding is wider than half its window")
        }
        (output.height, output.width) = try grid(of: output, window)
        return output
    }

    func averaged(_ feature: Feature, over positions: Int, isDivided: Bool = true) throws(Failure) -> Feature {
        var output = feature
        if let (largest, divisor) = feature.whole {
            output.kind = try counts(largest: largest * positions, divisor: isDivided ? divisor * positions : divisor)
        }
        return output
    }

    func mixed(_ mixing: AxisMixing) throws(Failure) -> Feature {
        var output = try only()
        let length = mixing.axis == .rows ? output.height : output.width
        let found = try shape(mixing.weight)
        guard found.count >= 2, Array(found.prefix(2)) == [length, length], found.dropFirst(2).allSatisfy({ $0 == 1 }) else {
            throw refused("its weights have shape \(found), and [\(length), \(length)] is needed")
        }
        try require(mixing.bias, [length])
        output.kind = .current
        return output
    }

    func product(heads: Int, exponent: Int) throws(Failure) -> Feature {
        try count(3)
        guard inputs.allSatisfy(\.isSpikes), inputs[1].hasShape(of: inputs[0]), inputs[2].hasShape(of: inputs[0]) else {
            throw refused("it takes three times spikes of one shape")
        }
        guard heads > 0, inputs[0].channels.isMultiple(of: heads), (-16...16).contains(exponent) else {
            throw refused("\(inputs[0].channels) channels cannot be \(heads) heads, or its power of two is out of range")
        }
        var output = inputs[0]
        let largest = output.positions.multipliedReportingOverflow(by: output.channels / heads)
        guard !largest.overflow, largest.partialValue <= 1 << 30 else { throw refused("its sums would be too large") }
        output.kind = .current
        return output
    }

    private func counts(largest: Int, divisor: Int) throws(Failure) -> Feature.Kind {
        guard largest <= NetworkLimit.largestCount, divisor <= NetworkLimit.largestCount else {
            throw refused("it counts to \(largest), which is beyond the limits")
        }
        return .counts(largest: largest, divisor: divisor)
    }

    /// The output grid of a window that moves over the input's.
    private func grid(of input: Feature, _ window: PoolingWindow, dilation: Extent2 = .one) throws(Failure) -> (Int, Int) {
        (
            try length(input.height, window.kernel.height, window.stride.height, window.padding.height, dilation.height),
            try length(input.width, window.kernel.width, window.stride.width, window.padding.width, dilation.width)
        )
    }

    private func length(_ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) throws(Failure) -> Int {
        let kernels = 1...NetworkLimit.kernel
        guard kernels.contains(kernel), kernels.contains(stride), kernels.contains(dilation), (0...NetworkLimit.kernel).contains(padding)
        else {
            throw refused("its window of \(kernel), stride \(stride), padding \(padding), dilation \(dilation) is out of bounds")
        }
        let reach = dilation * (kernel - 1) + 1
        guard size + 2 * padding >= reach else { throw refused("its window of \(kernel) does not fit a grid of \(size)") }
        return (size + 2 * padding - reach) / stride + 1
    }
}
