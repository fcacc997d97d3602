package import Networks

extension PassPart {
    /// The part of a pass that computes a synaptic layer.
    package init(_ layer: SynapticLayer, in network: Network) {
        switch layer.connections {
        case .mixing: self = .mixing
        case .product: self = .attention
        case .convolution where layer.node == network.graph.output: self = .head
        case .convolution(_, let kernel, _, _, _): self = kernel == .one ? .linear : .convolution
        }
    }
}
