import Networks

/// A network of nobody's family: nodes of every kind, put together at random where their shapes allow.
struct RandomGraph {
    private struct Item {
        var value: GraphBuilder.Value
        var kind: Feature.Kind
        var channels: Int
        var side: Int
        var isConstant = false

        var isSpikes: Bool { kind == .spikes }
        var isCurrent: Bool { kind == .current }
        func hasShape(of other: Item) -> Bool { channels == other.channels && side == other.side }
    }

    private var random: TestRandom
    private var builder: GraphBuilder
    private var items: [Item] = []
    private var names = 0
    private let timeSteps: Int

    /// - Throws: `network.invalid`, which would be this generator's mistake.
    static func network(seed: UInt64, timeSteps: Int) throws -> Network {
        var graph = RandomGraph(seed: seed, timeSteps: timeSteps)
        graph.grow()
        return try Network(graph.builder.graph)
    }

    private init(seed: UInt64, timeSteps: Int) {
        random = TestRandom(seed: seed)
        let size = random.pick([7, 8, 9])
        builder = GraphBuilder(inputSize: size)
        self.timeSteps = timeSteps
        items = [Item(value: builder.image, kind: .current, channels: 3, side: size, isConstant: true)]
    }

    private mutating func name(_ word: String) -> String {
        names += 1
        return "\(word)\(names)"
    }

    private mutating func grow() {
        let stem = convolved(items[0])
        items = [stem]
        items.append(fired(random.chance(0.8) ? normalised(stem) : stem))
        for _ in 0..<random.number(4...14) { if let item = next() { items.append(item) } }
        head()
    }

    /// One of the last few more often than an earlier one.
    private mutating func pick(_ suits: (Item) -> Bool) -> Item? {
        let suitable = items.filter(suits)
        guard !suitable.isEmpty else { return nil }
        return random.chance(0.7) ? random.pick(suitable.suffix(3)) : random.pick(suitable)
    }

    private mutating func next() -> Item? {
        switch random.number(0...21) {
        case 0...5:
            guard let input = pick({ !$0.isCurrent }) else { return nil }
            var current = convolved(input)
            if random.chance(0.7) { current = normalised(current) }
            return random.chance(0.6) ? fired(current) : current
        case 6:
            guard let input = pick({ $0.isCurrent }) else { return nil }
            return random.chance(0.5) ? normalised(convolved(input)) : convolved(input)
        case 7...9: return pick { $0.isCurrent || Self.isCount($0) }.map { fired($0) }
        case 10, 11: return joined(.sum) { $0.hasShape(of: $1) }
        case 12, 13: return joined(.concatenate) { $0.side == $1.side }
        case 14: return coincidence()
        case 15: return pick { $0.side > 1 }.map { pooled($0) }
        case 16: return pick { $0.isSpikes && $0.side > 1 }.map { mixed($0) }
        case 17: return gated()
        case 18: return attended()
        case 19: return pick { $0.isCurrent }.map { scaled($0) }
        case 20: return pick { _ in true }.map { normalised($0) }
        default: return pick { $0.isCurrent && $0.side > 1 }.map { pooled($0) }
        }
    }

    private static func isCount(_ item: Item) -> Bool { if case .counts = item.kind { true } else { false } }

    private mutating func convolved(_ input: Item, outputs: Int? = nil) -> Item {
        let path = name("conv")
        let kernel = min(random.pick([1, 1, 2, 3]), input.side)
        let padding = kernel == 3 ? 1 : 0
        let stride = input.side > 3 && random.chance(0.3) ? 2 : 1
        let isDepthwise = outputs == nil && input.channels > 3 && random.chance(0.15)
        let outputs = isDepthwise ? input.channels : outputs ?? random.pick([4, 8, 12, 20])
        let groups =
            isDepthwise ? input.channels : (outputs.isMultiple(of: 4) && input.channels.isMultiple(of: 4) && random.chance(0.15) ? 4 : 1)
        let hasBias = random.chance(0.4)
        let value = builder.convolution(
            path, input.value, outputs: outputs, inputs: input.channels, kernel: kernel, stride: stride, padding: padding, groups: groups,
            bias: hasBias)
        return Item(
            value: value, kind: .current, channels: outputs, side: (input.side + 2 * padding - kernel) / stride + 1,
            isConstant: input.isConstant)
    }

    private mutating func normalised(_ input: Item) -> Item {
        let axis: Normalisation.Axis = random.chance(0.85) ? .channel : .token
        let scale = random.chance(0.15) ? [timeSteps] : nil
        let features = axis == .channel ? input.channels : input.side * input.side
        var output = input
        output.value = builder.normalisation(name("bn"), input.value, features: features, axis: axis, timeScale: scale)
        output.kind = .current
        if scale != nil { output.isConstant = false }
        return output
    }

    private mutating func fired(_ input: Item) -> Item {
        let path = name("lif")
        var neuron = Neuron()
        if random.chance(0.5) {
            let leaks: [Neuron.Leak] = [.none, .tau(2), .tau(4.0 / 3), .tau(3), .tau(4), .learned("\(path).w")]
            neuron = Neuron(
                leak: random.pick(leaks), decaysInput: random.chance(0.5), threshold: random.pick([0.5, 1, 1.5]),
                isStrict: random.chance(0.3), reset: random.pick([.soft, .hard(0), .hard(-0.5)]))
        }
        return Item(value: builder.neuron(path, input.value, neuron), kind: .spikes, channels: input.channels, side: input.side)
    }

    private mutating func joined(_ operation: Operation, _ suits: (Item, Item) -> Bool) -> Item? {
        guard let first = pick({ _ in true }) else { return nil }
        var inputs = [first]
        for _ in 0..<random.number(1...2) {
            if let other = pick({ suits(first, $0) }) { inputs.append(other) }
        }
        guard inputs.count > 1 else { return nil }
        if random.chance(0.5) { inputs.reverse() }
        var output = first
        output.value = builder.add(name(operation == .sum ? "sum" : "cat"), operation, inputs.map(\.value))
        output.isConstant = inputs.allSatisfy(\.isConstant)
        if operation == .concatenate { output.channels = inputs.reduce(0) { $0 + $1.channels } }
        let wholes = inputs.compactMap { Feature(kind: $0.kind, channels: 1, height: 1, width: 1).whole }
        output.kind = .current
        if wholes.count == inputs.count, Set(wholes.map(\.divisor)).count == 1 {
            let largest = operation == .sum ? wholes.reduce(0) { $0 + $1.largest } : wholes.map(\.largest).max() ?? 1
            output.kind = .counts(largest: largest, divisor: wholes[0].divisor)
            if operation == .concatenate, inputs.allSatisfy(\.isSpikes) { output.kind = .spikes }
            if largest > 24 { return nil }
        }
        return output.channels > 70 ? nil : output
    }

    private mutating func coincidence() -> Item? {
        guard let first = pick({ $0.isSpikes }), let second = pick({ $0.isSpikes && $0.hasShape(of: first) }) else { return nil }
        var output = first
        output.value = builder.add(name("both"), random.chance(0.5) ? .and : .iand, first.value, second.value)
        return output
    }

    private mutating func pooled(_ input: Item) -> Item {
        let kernel = min(random.pick([2, 3]), input.side)
        let stride = random.pick([1, 2])
        let padding = kernel == 3 && random.chance(0.5) ? 1 : 0
        let window = PoolingWindow(kernel: Extent2(kernel), stride: Extent2(stride), padding: Extent2(padding))
        var output = input
        output.side = (input.side + 2 * padding - kernel) / stride + 1
        let isMean = !input.isSpikes && random.chance(0.5) || random.chance(0.4)
        output.value = builder.add(name("pool"), isMean ? .averagePool(window) : .maximumPool(window), input.value)
        if isMean, let (largest, divisor) = Feature(kind: input.kind, channels: 1, height: 1, width: 1).whole {
            output.kind = .counts(largest: largest * kernel * kernel, divisor: divisor * kernel * kernel)
        }
        return output
    }

    private mutating func mixed(_ input: Item) -> Item {
        let path = name("mix")
        builder.name("\(path).weight", [input.side, input.side])
        builder.name("\(path).bias", [input.side])
        let axis = random.pick([AxisMixing.Axis.rows, .columns])
        var output = input
        output.kind = .current
        output.value = builder.add(path, .mix(AxisMixing(axis: axis, weight: "\(path).weight", bias: "\(path).bias")), input.value)
        if random.chance(0.5) {
            output.value = builder.normalisation(
                name("bn"), output.value, features: input.side, axis: axis == .rows ? .row : .column)
        }
        return random.chance(0.7) ? fired(output) : output
    }

    private mutating func gated() -> Item? {
        guard let input = pick({ $0.isSpikes }) else { return nil }
        var output = input
        let gate: Item
        if random.chance(0.5) {
            var mean = input
            mean.value = builder.add(name("mean"), .mean, input.value)
            mean.side = 1
            mean.kind = .counts(largest: 1, divisor: 1)
            gate = fired(random.chance(0.5) ? mean : convolved(mean, outputs: input.channels))
        } else {
            let path = name("gate")
            gate = fired(
                Item(
                    value: builder.convolution(path, input.value, outputs: 1, inputs: input.channels), kind: .current, channels: 1,
                    side: input.side))
        }
        output.value = builder.add(name("gated"), .gate, input.value, gate.value)
        return output
    }

    private mutating func attended() -> Item? {
        guard let query = pick({ $0.isSpikes }), let key = pick({ $0.isSpikes && $0.hasShape(of: query) }),
            let value = pick({ $0.isSpikes && $0.hasShape(of: query) })
        else { return nil }
        var output = query
        output.kind = .current
        let heads = query.channels.isMultiple(of: 4) ? random.pick([1, 2, 4]) : 1
        output.value = builder.add(
            name("attention"), .product(heads: heads, exponent: random.pick([-4, -3, -2])), query.value, key.value, value.value)
        return random.chance(0.7) ? fired(output) : output
    }

    private mutating func scaled(_ input: Item) -> Item {
        var output = input
        output.value = builder.add(name("scale"), .scale(random.pick([0.5, 2, -1, 0.3])), input.value)
        return output
    }

    private mutating func head() {
        let classes = random.pick([3, 20])
        var logits = logits(random.pick(items.suffix(3)), classes)
        if random.chance(0.3) {
            let other = self.logits(random.pick(items.suffix(5)), classes)
            logits = builder.add(name("ensemble"), .sum, logits, other)
        }
        switch random.number(0...5) {
        case 0: _ = builder.normalisation(name("bn"), logits, features: classes)
        case 1: _ = builder.add(name("scale"), .scale(random.pick([0.25, 0.3])), logits)
        default: break
        }
    }

    private mutating func logits(_ item: Item, _ classes: Int) -> GraphBuilder.Value {
        switch random.number(0...4) {
        case 0:
            let flat = item.side == 1 ? item.value : builder.add(name("flat"), .flatten, item.value)
            return builder.linear(name("fc"), flat, outputs: classes, inputs: item.channels * item.side * item.side)
        case 1:
            let current = builder.convolution(name("fc"), item.value, outputs: classes, inputs: item.channels, bias: true)
            return builder.add(name("mean"), .mean, current)
        case 2:
            let fired = fired(item)
            return builder.linear(name("fc"), builder.add(name("mean"), .mean, fired.value), outputs: classes, inputs: item.channels)
        default:
            return builder.linear(name("fc"), builder.add(name("mean"), .mean, item.value), outputs: classes, inputs: item.channels)
        }
    }
}
