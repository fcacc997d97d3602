package import Networks

/// `count` matrix products `[rows, inner] x [inner, columns]`.
package struct DenseProduct: Sendable, Hashable {
    package var rows: Int
    package var columns: Int
    package var inner: Int
    package var count = 1

    /// Multiply-accumulates of all of them.
    package var operations: Int { rows * columns * inner * count }
}

extension Network {
    /// What a dense engine multiplies in one time step on spikes and counts: convolutions as products of gathered patches.
    package var denseProducts: [DenseProduct] {
        activity.layers.flatMap { layer in products(of: layer.node) }
    }

    /// The same of layers on currents that run through the network.
    package var denseProductsOnCurrents: [DenseProduct] {
        activity.multiplying.filter { !$0.isInput }.flatMap { layer in products(of: layer.node) }
    }

    private func products(of node: Int) -> [DenseProduct] {
        let (input, output) = (features[graph.nodes[node].inputs[0]], features[node])
        switch graph.nodes[node].operation {
        case .convolution(let convolution):
            let shape = graph.tensorShapes[convolution.weight] ?? []
            return [
                DenseProduct(
                    rows: output.positions, columns: output.channels / convolution.groups, inner: shape.dropFirst().reduce(1, *),
                    count: convolution.groups)
            ]
        case .mix(let mixing):
            let (length, lines) = mixing.axis == .rows ? (input.height, input.width) : (input.width, input.height)
            return [DenseProduct(rows: length, columns: input.channels * lines, inner: length)]
        case .product(let heads, _):
            let width = input.channels / heads
            return [
                DenseProduct(rows: width, columns: width, inner: input.positions, count: heads),
                DenseProduct(rows: input.positions, columns: width, inner: width, count: heads),
            ]
        default:
            return []
        }
    }
}
