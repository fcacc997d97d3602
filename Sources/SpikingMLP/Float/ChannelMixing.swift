import SpikeKernels

/// The feed-forward network of each token: `c = BN(W2 LIF(BN(W1 x + b1)) + b2)`, where each BN is over the token's index, not over channels.
struct ChannelMixing: Sendable {
    private let expand: TokenLinear
    private let group: Int
    private let contract: TokenLinear

    init(_ loader: ModuleLoader, block: Architecture.Block) {
        let path = "channel_mix.\(block.index).1.net"
        expand = TokenLinear(loader, path: "\(path).0", normalization: "\(path).1")
        group = loader.group("\(path).2")
        contract = TokenLinear(loader, path: "\(path).3", normalization: "\(path).4")
    }

    /// - Parameter hidden: the spikes of the hidden layer, alpha times as wide as `x`.
    func mix(_ x: SpikeMap, into c: inout FeatureMap, hidden: inout SpikeMap, _ pass: inout ForwardPass) {
        fireHidden(x, into: &hidden, &pass)
        let normalization = contract.calibrated(on: hidden, &pass)
        for frame in 0..<c.frames {
            for token in 0..<c.tokens {
                contract.apply(hidden, frame: frame, token: token, normalization, into: &c.values, at: c.index(frame: frame, token: token))
            }
        }
        pass.activity.recordOperations(layer: contract.layer, hidden)
    }

    private func fireHidden(_ x: SpikeMap, into hidden: inout SpikeMap, _ pass: inout ForwardPass) {
        let normalization = expand.calibrated(on: x, &pass)
        for image in 0..<pass.images {
            for token in 0..<x.tokens {
                pass.resetPotentials(count: expand.outputStride)
                for step in 0..<pass.steps {
                    let frame = image * pass.steps + step
                    expand.apply(x, frame: frame, token: token, normalization, into: &pass.currents, at: 0)
                    stepNeurons(
                        potentials: &pass.potentials, currents: pass.currents, currentsOffset: 0, count: hidden.channels,
                        spikes: &hidden.words, firstWord: hidden.wordIndex(frame: frame, token: token))
                }
            }
        }
        pass.activity.recordOperations(layer: expand.layer, x)
        pass.activity.recordSpikes(group: group, hidden)
    }
}

/// A linear layer on each token's spikes with a BN whose features are the tokens.
private struct TokenLinear: Sendable {
    let layer: Int
    private let weights: WeightRows
    private let bias: [Double]
    private let normalization: BatchNorm

    init(_ loader: ModuleLoader, path: String, normalization: String) {
        layer = loader.layer(path)
        weights = WeightRows(loader.tensor("\(path).weight"))
        bias = loader.values("\(path).bias").paddedWithZeros
        self.normalization = BatchNorm(loader, path: normalization)
    }

    var outputStride: Int { weights.stride }

    /// The BN to apply to this layer's sums on `x`.
    func calibrated(on x: SpikeMap, _ pass: inout ForwardPass) -> BatchNorm {
        pass.normalization(normalization) { moments in
            var sums = Array(repeating: Double(0), count: weights.stride)
            for frame in 0..<x.frames {
                for token in 0..<x.tokens {
                    sum(x, frame: frame, token: token, into: &sums, at: 0)
                    for value in sums.prefix(weights.outputs) {
                        moments[token].add(value)
                    }
                }
            }
        }
    }

    /// Writes `BN(W x + b)` of one token from `offset` on.
    func apply(_ x: SpikeMap, frame: Int, token: Int, _ normalization: BatchNorm, into sums: inout [Double], at offset: Int) {
        sum(x, frame: frame, token: token, into: &sums, at: offset)
        scaleAndShift(&sums, offset: offset, count: weights.stride, scale: normalization.scale[token], shift: normalization.shift[token])
    }

    private func sum(_ x: SpikeMap, frame: Int, token: Int, into sums: inout [Double], at offset: Int) {
        fillRows(&sums, offset: offset, count: 1, with: bias, length: weights.stride)
        weights.add(x, frame: frame, token: token, to: &sums, at: offset)
    }
}
