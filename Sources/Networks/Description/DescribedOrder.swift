internal import Diagnostics

/// Nodes that name each other, brought into an order of computation.
struct DescribedOrder {
    private let nodes: [DescribedNode]
    /// What each node reads, as indices.
    private let inputs: [[Int]]
    private let output: Int

    /// - Throws: `network.invalid-description` where an id is missing or stands twice.
    init(_ nodes: [DescribedNode], output: String) throws(Failure) {
        var places: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            guard places.updateValue(index, forKey: node.id) == nil else {
                throw DescribedFields.invalid("two nodes have the id \(NetworkGraph.quoted(node.id))")
            }
        }
        var inputs: [[Int]] = []
        for node in nodes {
            var indices: [Int] = []
            for input in node.inputs {
                guard let place = places[input] else {
                    throw DescribedFields.invalid(
                        "node \(NetworkGraph.quoted(node.id)) reads \(NetworkGraph.quoted(input)), which is not there")
                }
                indices.append(place)
            }
            inputs.append(indices)
        }
        guard let place = places[output] else {
            throw DescribedFields.invalid("its output is \(NetworkGraph.quoted(output)), which is not there")
        }
        (self.nodes, self.inputs, self.output) = (nodes, inputs, place)
    }

    /// The graph, in the file's order where every node stands behind what it reads.
    ///
    /// - Throws: `network.invalid-description` where nodes read each other in a circle, or one is of no use to the output.
    func graph(inputSize: Int, shapes: TensorShapes) throws(Failure) -> NetworkGraph {
        let order = try sorted()
        try checkReached()
        var places = Array(repeating: 0, count: nodes.count)
        for (place, index) in order.enumerated() { places[index] = place }
        let sortedNodes = order.map { index in
            NetworkGraph.Node(name: nodes[index].id, operation: nodes[index].operation, inputs: inputs[index].map { places[$0] })
        }
        var tensorShapes: [String: [Int]] = [:]
        for name in sortedNodes.flatMap(\.operation.tensorNames) { tensorShapes[name] = shapes.shape(of: name) }
        return NetworkGraph(inputSize: inputSize, nodes: sortedNodes, tensorShapes: tensorShapes).joiningSums()
    }

    private func sorted() throws(Failure) -> [Int] {
        enum State { case new, open, done }
        var states = Array(repeating: State.new, count: nodes.count)
        var order: [Int] = []
        for start in nodes.indices {
            var path = [start]
            while let index = path.last {
                switch states[index] {
                case .new:
                    states[index] = .open
                    for source in inputs[index].reversed() where states[source] != .done {
                        guard states[source] == .new else { throw circle(index) }
                        path.append(source)
                    }
                case .open:
                    states[index] = .done
                    order.append(index)
                    path.removeLast()
                case .done: path.removeLast()
                }
            }
        }
        return order
    }

    private func circle(_ index: Int) -> Failure {
        DescribedFields.invalid("nodes read each other in a circle, \(NetworkGraph.quoted(nodes[index].id)) among them")
    }

    private func checkReached() throws(Failure) {
        var isReached = Array(repeating: false, count: nodes.count)
        isReached[output] = true
        var open = [output]
        while let index = open.popLast() {
            for source in inputs[index] where !isReached[source] {
                isReached[source] = true
                open.append(source)
            }
        }
        if let surplus = isReached.firstIndex(of: false) {
            throw DescribedFields.invalid("the output does not depend on node \(NetworkGraph.quoted(nodes[surplus].id))")
        }
    }
}

extension NetworkGraph {
    /// Descriptions have no sum over positions: a mean times the number of positions is one, and then nothing is divided.
    fileprivate func joiningSums() -> NetworkGraph {
        let candidates = nodes.indices.filter { index in
            guard case .scale = nodes[index].operation, nodes[index].inputs.count == 1 else { return false }
            return nodes[nodes[index].inputs[0]].operation == .mean
        }
        // What is wrong with a graph is said where it is checked.
        guard !candidates.isEmpty, let features = try? features() else { return self }
        var graph = self
        for index in candidates {
            let source = nodes[nodes[index].inputs[0]].inputs[0]
            guard nodes[index].operation == .scale(Double(features[source].positions)) else { continue }
            graph.nodes[index].operation = .total
            graph.nodes[index].inputs = [source]
        }
        return graph.withoutUnread()
    }

    private func withoutUnread() -> NetworkGraph {
        let read = Set(nodes.flatMap(\.inputs)).union([output])
        var places: [Int: Int] = [:]
        for index in nodes.indices where read.contains(index) { places[index] = places.count }
        let kept = nodes.indices.filter { read.contains($0) }.map { index in
            Node(name: nodes[index].name, operation: nodes[index].operation, inputs: nodes[index].inputs.compactMap { places[$0] })
        }
        return NetworkGraph(inputSize: inputSize, nodes: kept, tensorShapes: tensorShapes)
    }
}
