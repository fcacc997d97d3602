/// Spiking patch encoding between two stages: three nodes that see the spikes at half resolution and feed each other.
///
///     n1 = A1(x)
///     n2 = A2(x) + B12(LIF(n1))
///     n3 = A3(x) + n1 + B23(LIF(n2))
///     h  = concat(n1, n2, n3)
struct PatchCell: Sendable {
    private let cellToNode: [SpikingConvolution]
    private let node1ToNode2: SpikingConvolution
    private let node2ToNode3: SpikingConvolution
    private let lif1: LIF
    private let lif2: LIF

    init(_ loader: ModuleLoader, stage: Int) {
        let path = "to_patch_embedding.\(stage)"
        let side = loader.architecture.grid(stage: stage)
        cellToNode = (0..<3).map {
            SpikingConvolution(loader, path: "\(path).cell2node.\($0)", stride: 2, padding: 1, inputSide: 2 * side)
        }
        node1ToNode2 = SpikingConvolution(loader, path: "\(path).node1_node2", stride: 1, padding: 1, inputSide: side)
        node2ToNode3 = SpikingConvolution(loader, path: "\(path).node2_node3", stride: 1, padding: 1, inputSide: side)
        lif1 = LIF(loader, path: "\(path).lif.0")
        lif2 = LIF(loader, path: "\(path).lif.1")
    }

    /// The cell's maps, each a third of the stage's channels wide.
    struct Maps: Sendable {
        var node1, node2, node3, edge: FeatureMap
        var spikes: SpikeMap

        init(images: Int, steps: Int, tokens: Int, channels: Int) {
            let node = FeatureMap(images: images, steps: steps, tokens: tokens, channels: channels / 3)
            (node1, node2, node3, edge) = (node, node, node, node)
            spikes = SpikeMap(frames: images * steps, tokens: tokens, channels: channels / 3)
        }
    }

    func embed(_ x: SpikeMap, into h: inout FeatureMap, _ maps: inout Maps, _ pass: inout ForwardPass) {
        cellToNode[0].convolve(x, into: &maps.node1, &pass)

        cellToNode[1].convolve(x, into: &maps.node2, &pass)
        lif1.fire(maps.node1, into: &maps.spikes, &pass)
        node1ToNode2.convolve(maps.spikes, into: &maps.edge, &pass)
        maps.node2.add(maps.edge)

        cellToNode[2].convolve(x, into: &maps.node3, &pass)
        maps.node3.add(maps.node1)
        lif2.fire(maps.node2, into: &maps.spikes, &pass)
        node2ToNode3.convolve(maps.spikes, into: &maps.edge, &pass)
        maps.node3.add(maps.edge)

        h.setChannels(from: 0, to: maps.node1)
        h.setChannels(from: maps.node1.channels, to: maps.node2)
        h.setChannels(from: 2 * maps.node1.channels, to: maps.node3)
    }
}

extension FeatureMap {
    /// Copies a map of the same frames and tokens into the channels from `first` on.
    fileprivate mutating func setChannels(from first: Int, to source: FeatureMap) {
        for frame in 0..<frames {
            for token in 0..<tokens {
                let target = index(frame: frame, token: token) + first
                let origin = source.index(frame: frame, token: token)
                for channel in 0..<source.channels {
                    values[target + channel] = source.values[origin + channel]
                }
            }
        }
    }
}
