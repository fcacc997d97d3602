extension Plan {
    /// Nodes and others whose spikes it reads.
    var spikes: [Int] {
        switch self {
        case .current(let current): current.expression.terms.flatMap(\.source.nodes)
        case .head(let expression): expression.terms.flatMap(\.source.nodes)
        case .bits(_, let inputs): inputs
        case .join(_, let parts):
            parts.flatMap { part in if case .spikes(let planes, _) = part.source { planes.joined().map(\.node) } else { [Int]() } }
        case .fire, .grid, .derive: []
        }
    }
}

extension Term.Source {
    /// The nodes that it reads.
    var nodes: [Int] {
        switch self {
        case .rows(let planes, _, _), .spikes(let planes), .positions(let planes): planes.flatMap { $0.map(\.node) }
        case .window(let spikes, _): [spikes]
        case .mix(let spikes, _): [spikes]
        case .current(let node): [node]
        case .products(let node, _): [node]
        case .image: [0]
        case .attention(let query, let key, let value, _): [query, key, value]
        }
    }
}
