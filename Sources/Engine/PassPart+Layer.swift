package import Networks

extension PassPart {
    /// The part of a pass that computes a synaptic layer.
    package init(_ layer: SynapticLayer, in network: Network) {
        switch layer.connections {
        case .mixing, .product: self = .mixing
        case .convolution where layer.node == network.graph.output: self = .head
        case .convolution(_, let kernel, _, _, _): self = kernel == .one ? .linear : .embedding
        }
    }
}
