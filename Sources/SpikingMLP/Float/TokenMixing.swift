/// Mixes tokens along the height, along the width, and fuses both with the identity branch:
///
///     yh = LIF(BN(Wh x + bh));   yw = LIF(BN(Ww x + bw))
///     y  = BN(F concat(id, yh, yw))
///
/// where id = x in the spe family, and LIF(BN(x)) in the plain one.
struct TokenMixing: Sendable {
    private let identity: NormalizedIdentity?
    private let height: TokenProjection
    private let width: TokenProjection
    private let channels: Int
    private let layer: Int
    private let fuse: WeightRows
    private let normalization: BatchNorm

    init(_ loader: ModuleLoader, block: Architecture.Block) {
        let path = "token_mix.\(block.index)"
        identity = loader.architecture.family == .plain ? NormalizedIdentity(loader, path: path) : nil
        height = TokenProjection(loader, block: block, axis: .height)
        width = TokenProjection(loader, block: block, axis: .width)
        channels = loader.architecture.channels(stage: block.stage)
        layer = loader.layer("\(path).fuse.0")
        fuse = WeightRows(loader.tensor("\(path).fuse.0.weight"))
        normalization = BatchNorm(loader, path: "\(path).fuse.1")
    }

    /// The spikes of the branches.
    struct Maps: Sendable {
        var identity, height, width: SpikeMap

        init(frames: Int, tokens: Int, channels: Int) {
            let map = SpikeMap(frames: frames, tokens: tokens, channels: channels)
            (identity, height, width) = (map, map, map)
        }
    }

    func mix(_ x: SpikeMap, into y: inout FeatureMap, _ maps: inout Maps, _ pass: inout ForwardPass) {
        height.project(x, into: &maps.height, &pass)
        width.project(x, into: &maps.width, &pass)
        if let identity {
            identity.fire(x, into: &maps.identity, &pass)
            concatenateAndFuse([maps.identity, maps.height, maps.width], into: &y, &pass)
        } else {
            concatenateAndFuse([x, maps.height, maps.width], into: &y, &pass)
        }
    }

    /// `y = BN(F concat(branches))`: branch `i` meets the weights of inputs `i * channels` and on.
    private func concatenateAndFuse(_ branches: [SpikeMap], into y: inout FeatureMap, _ pass: inout ForwardPass) {
        for index in y.values.indices {
            y.values[index] = 0
        }
        for frame in 0..<y.frames {
            for token in 0..<y.tokens {
                let sums = y.index(frame: frame, token: token)
                for (index, branch) in branches.enumerated() {
                    fuse.add(branch, frame: frame, token: token, firstRow: index * channels, to: &y.values, at: sums)
                }
            }
        }
        for branch in branches {
            pass.activity.recordOperations(layer: layer, branch)
        }
        pass.normalize(&y, normalization)
    }
}
