internal import Diagnostics

extension Network {
    /// The network's description, as ``NetworkDescription`` reads it, one node a line.
    package var json: String {
        let nodes = graph.nodes.flatMap { lines(of: $0) }
        let steps = facts.timeSteps.map { "\"timesteps\": \($0),\n" } ?? ""
        return "{\"version\": \(NetworkDescription.version), \"input\": {\"channels\": 3, \"size\": \(inputSize)},\n\(steps)\"nodes\": [\n"
            + nodes.joined(separator: ",\n") + "\n],\n\"output\": \(JSONText.quoted(graph.nodes[graph.output].name))}\n"
    }

    private func lines(of node: NetworkGraph.Node) -> [String] {
        let inputs = node.inputs.map { graph.nodes[$0].name }
        guard node.operation == .total else { return [line(node.name, inputs, fields(of: node.operation))] }
        // A sum over positions is a mean times their number.
        let positions = features[node.inputs[0]].positions
        return [
            line("\(node.name).mean", inputs, fields(of: .mean)),
            line(node.name, ["\(node.name).mean"], fields(of: .scale(Double(positions)))),
        ]
    }

    private func line(_ id: String, _ inputs: [String], _ fields: (op: String, rest: [(String, String)])) -> String {
        let all =
            [
                ("id", JSONText.quoted(id)), ("op", JSONText.quoted(fields.op)),
                ("inputs", "[\(inputs.map(JSONText.quoted).joined(separator: ", "))]"),
            ] + fields.rest
        return "{" + all.map { "\(JSONText.quoted($0)): \($1)" }.joined(separator: ", ") + "}"
    }

    private func fields(of operation: Operation) -> (op: String, rest: [(String, String)]) {
        switch operation {
        case .image: ("image", [])
        case .convolution(let own) where (graph.tensorShapes[own.weight]?.count ?? 0) < 4:
            ("linear", [("weight", text(own.weight)), ("bias", text(own.bias))])
        case .convolution(let own):
            (
                "convolution",
                [
                    ("weight", text(own.weight)), ("bias", text(own.bias)), ("stride", text(own.stride)), ("padding", text(own.padding)),
                    ("dilation", text(own.dilation)), ("groups", String(own.groups)),
                ]
            )
        case .normalisation(let own):
            (
                "normalisation",
                [
                    ("axis", text(own.axis.rawValue)), ("weight", text(own.weight)), ("bias", text(own.bias)), ("mean", text(own.mean)),
                    ("variance", text(own.variance)), ("epsilon", String(own.epsilon)), ("scale", text(own.timeScale)),
                ]
            )
        case .neuron(let neuron): ("neuron", fields(of: neuron))
        case .sum: ("sum", [])
        case .concatenate: ("concatenate", [])
        case .and: ("and", [])
        case .iand: ("iand", [])
        case .maximumPool(let window): ("max_pool", fields(of: window))
        case .averagePool(let window): ("average_pool", fields(of: window))
        case .mean, .total: ("mean", [("over", text("positions"))])
        case .flatten: ("flatten", [])
        case .mix(let own): ("mix", [("axis", text(own.axis.rawValue)), ("weight", text(own.weight)), ("bias", text(own.bias))])
        case .gate: ("gate", [])
        case .product(let heads, let exponent):
            ("product", [("heads", String(heads)), ("scale_exponent", String(exponent)), ("order", text("kv_first"))])
        case .scale(let factor): ("scale", [("factor", String(factor))])
        }
    }

    private func fields(of neuron: Neuron) -> [(String, String)] {
        var (kind, tau, parameter) = ("if", "null", "null")
        switch neuron.leak {
        case .none: break
        case .tau(let value): (kind, tau) = ("lif", String(value))
        case .learned(let name): (kind, parameter) = ("plif", text(name))
        }
        let reset: (String, Double) = if case .hard(let value) = neuron.reset { ("hard", value) } else { ("soft", 0) }
        return [
            ("kind", text(kind)), ("tau", tau), ("w", parameter), ("threshold", String(neuron.threshold)),
            ("comparison", text(neuron.isStrict ? ">" : ">=")), ("reset", text(reset.0)), ("reset_value", String(reset.1)),
            ("decay_input", String(neuron.decaysInput)),
        ]
    }

    private func fields(of window: PoolingWindow) -> [(String, String)] {
        [("kernel", text(window.kernel)), ("stride", text(window.stride)), ("padding", text(window.padding))]
    }

    private func text(_ extent: Extent2) -> String { "[\(extent.height), \(extent.width)]" }
    private func text(_ name: String?) -> String { name.map(JSONText.quoted) ?? "null" }
}
