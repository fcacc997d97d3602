package import Diagnostics

extension Failure.Code {
    /// A network's nodes contradict each other or exceed this program's limits.
    package static let invalidNetwork = Failure.Code("network.invalid")
}

extension NetworkGraph {
    /// What every node gives, in the order of ``nodes``. Nothing is allocated by size: this is also the check of a graph from outside.
    ///
    /// - Throws: `network.invalid`, naming the node and the cause.
    package func features() throws(Failure) -> [Feature] {
        guard (1...NetworkLimit.inputSize).contains(inputSize) else {
            throw Self.invalid("its input is \(inputSize) pixels wide, and 1 to \(NetworkLimit.inputSize) are supported")
        }
        guard nodes.count >= 2, nodes.count <= NetworkLimit.nodes else {
            throw Self.invalid("it has \(nodes.count) nodes, and 2 to \(NetworkLimit.nodes) are supported")
        }
        var features: [Feature] = []
        var depths: [(all: Int, withoutNeurons: Int)] = []
        var neurons = 0
        var names: Set<String> = []
        for (index, node) in nodes.enumerated() {
            guard names.insert(node.name).inserted else { throw Self.invalid("two nodes are named \(Self.quoted(node.name))") }
            guard node.inputs.allSatisfy({ (0..<index).contains($0) }), node.inputs.count <= NetworkLimit.inputsOfNode else {
                throw invalid(node, "it reads a node that does not come before it, or more than \(NetworkLimit.inputsOfNode) of them")
            }
            guard (index == 0) == (node.operation == .image) else {
                throw invalid(node, "the first node, and no other, is the image")
            }
            depths.append(try depth(of: node, depths))
            let feature = try FeatureRule(graph: self, node: node, inputs: node.inputs.map { features[$0] }).feature()
            let values = feature.channels.multipliedReportingOverflow(by: feature.positions)
            guard (1...NetworkLimit.channels).contains(feature.channels), feature.height > 0, feature.width > 0, !values.overflow,
                values.partialValue <= NetworkLimit.valuesPerFeature
            else {
                throw invalid(
                    node, "it would give \(feature.channels) channels of \(feature.height)x\(feature.width), which is beyond the limits")
            }
            if case .neuron = node.operation { neurons += feature.neurons }
            guard neurons <= NetworkLimit.neurons else {
                throw invalid(
                    node, "with it the network has \(neurons.counted("neuron")), and \(NetworkLimit.neurons) at most are supported")
            }
            features.append(feature)
        }
        guard let last = features.last, last.positions == 1, last.isCurrent else {
            throw invalid(nodes[output], "the last node gives the logits: one position, behind a linear layer")
        }
        guard last.channels <= NetworkLimit.classes else {
            throw invalid(nodes[output], "it gives \(last.channels.counted("class")), and \(NetworkLimit.classes) at most are supported")
        }
        return features
    }

    /// How many nodes stand behind each other up to one, and how many since the last neuron.
    private func depth(of node: Node, _ depths: [(all: Int, withoutNeurons: Int)]) throws(Failure) -> (all: Int, withoutNeurons: Int) {
        var depth = (all: 0, withoutNeurons: 0)
        for input in node.inputs { depth = (max(depth.all, depths[input].all), max(depth.withoutNeurons, depths[input].withoutNeurons)) }
        depth.all += 1
        if case .neuron = node.operation { depth.withoutNeurons = 0 } else { depth.withoutNeurons += 1 }
        guard depth.all <= NetworkLimit.depth, depth.withoutNeurons <= NetworkLimit.depthWithoutNeurons else {
            throw invalid(
                node,
                "\(depth.all) nodes stand behind each other up to it, \(depth.withoutNeurons) of them since the last neuron; "
                    + "\(NetworkLimit.depth) and \(NetworkLimit.depthWithoutNeurons) are supported")
        }
        return depth
    }

    func invalid(_ node: Node, _ reason: String) -> Failure {
        Self.invalid("node \(Self.quoted(node.name)): \(reason)")
    }

    static func invalid(_ reason: String) -> Failure {
        Failure(
            .invalidNetwork, "This network cannot be built: \(reason).",
            remedy: "Check the description, or the checkpoint that it was read from.")
    }

    static func quoted(_ name: String) -> String { "'\(name.prefix(80))'" }
}

/// What one node gives, from what it reads.
struct FeatureRule {
    let graph: NetworkGraph
    let node: NetworkGraph.Node
    let inputs: [Feature]

    func feature() throws(Failure) -> Feature {
        switch node.operation {
        case .image:
            try count(0)
            return Feature(kind: .current, channels: 3, height: graph.inputSize, width: graph.inputSize, isConstant: true)
        case .convolution(let convolution):
            return try self.convolution(convolution)
        case .normalisation(let normalisation):
            return try self.normalisation(normalisation)
        case .neuron(let neuron):
            return try self.neuron(neuron)
        case .sum:
            return try sum()
        case .concatenate:
            return try concatenation()
        case .and, .iand:
            let input = try spikes(2)
            guard inputs[1].hasShape(of: input) else { throw refused("its inputs have different shapes") }
            return input
        case .gate:
            let input = try spikes(2)
            let gate = inputs[1]
            guard gate.positions == 1 && gate.channels == input.channels || gate.channels == 1 && gate.hasGrid(of: input) else {
                throw refused("its second input has neither one position nor one channel")
            }
            return input
        case .maximumPool(let window):
            return try pooled(window)
        case .averagePool(let window):
            return try averaged(pooled(window), over: window.kernel.height * window.kernel.width)
        case .mean, .total:
            let input = try only()
            var output = input
            (output.height, output.width) = (1, 1)
            return try averaged(output, over: input.positions, isDivided: node.operation == .mean)
        case .flatten:
            let input = try only()
            let channels = input.channels.multipliedReportingOverflow(by: input.positions)
            guard !channels.overflow else { throw refused("it has too many channels") }
            return Feature(kind: input.kind, channels: channels.partialValue, height: 1, width: 1, isConstant: input.isConstant)
        case .mix(let mixing):
            return try mixed(mixing)
        case .product(let heads, let exponent):
            return try product(heads: heads, exponent: exponent)
        case .scale(let factor):
            guard factor.isFinite else { throw refused("its factor is no finite number") }
            var output = try only()
            output.kind = .current
            return output
        }
    }

    func only() throws(Failure) -> Feature {
        try count(1)
        return inputs[0]
    }

    func count(_ wanted: Int) throws(Failure) {
        guard inputs.count == wanted else { throw refused("it reads \(inputs.count) nodes, and its operation takes \(wanted)") }
    }

    private func spikes(_ wanted: Int) throws(Failure) -> Feature {
        try count(wanted)
        guard inputs.allSatisfy(\.isSpikes) else { throw refused("it takes spikes, and reads something else") }
        return inputs[0]
    }

    func shape(_ name: String) throws(Failure) -> [Int] {
        guard let shape = graph.tensorShapes[name] else { throw refused("there is no tensor \(NetworkGraph.quoted(name))") }
        guard shape.allSatisfy({ $0 >= 0 && $0 <= 1 << 40 }) else { throw refused("the shape of \(NetworkGraph.quoted(name)) cannot be") }
        return shape
    }

    func require(_ name: String?, _ wanted: [Int]) throws(Failure) {
        guard let name else { return }
        let found = try shape(name)
        guard found == wanted else { throw refused("\(NetworkGraph.quoted(name)) has shape \(found), and \(wanted) is needed") }
    }

    func refused(_ reason: String) -> Failure { graph.invalid(node, reason) }
}
