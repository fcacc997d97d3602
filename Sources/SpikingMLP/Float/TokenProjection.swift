import SpikeKernels

/// One branch of token mixing: a linear map along the rows or along the columns of the grid, for each channel by itself, its BN over the axis's indices, and a LIF group.
struct TokenProjection: Sendable {
    /// The axis along which tokens are mixed.
    enum Axis: String, Sendable {
        /// Mixes the rows of each column (`proj_h`).
        case height = "proj_h"
        /// Mixes the columns of each row (`proj_w`).
        case width = "proj_w"
    }

    private let axis: Axis
    private let side: Int
    private let channels: Int
    private let layer: Int
    private let group: Int
    private let weights: WeightRows
    private let bias: [Double]
    private let normalization: BatchNorm

    init(_ loader: ModuleLoader, block: Architecture.Block, axis: Axis) {
        let path = "token_mix.\(block.index).\(axis.rawValue)"
        self.axis = axis
        side = loader.architecture.grid(stage: block.stage)
        channels = loader.architecture.channels(stage: block.stage)
        layer = loader.layer("\(path).1")
        group = loader.group("\(path).3")
        weights = WeightRows(loader.tensor("\(path).1.weight"))
        bias = loader.values("\(path).1.bias").paddedWithZeros
        normalization = BatchNorm(loader, path: "\(path).2")
    }

    /// `y = LIF(BN(W x + b))` along the axis.
    func project(_ x: SpikeMap, into y: inout SpikeMap, _ pass: inout ForwardPass) {
        let normalization = pass.normalization(normalization) { measure(x, into: &$0) }
        let neurons = channels * weights.stride
        y.clear()
        for image in 0..<pass.images {
            for line in 0..<side {
                pass.resetPotentials(count: neurons)
                for step in 0..<pass.steps {
                    let frame = image * pass.steps + step
                    sum(x, frame: frame, line: line, into: &pass.currents)
                    scaleAndShiftRows(
                        &pass.currents, offset: 0, count: channels, length: weights.stride, scale: normalization.scale,
                        shift: normalization.shift)
                    stepNeurons(
                        potentials: &pass.potentials, currents: pass.currents, currentsOffset: 0, count: neurons,
                        spikes: &pass.fired, firstWord: 0)
                    pass.fired.forEachBit(firstWord: 0, count: (neurons + 63) / 64) { neuron in
                        let token = token(line: line, index: neuron % weights.stride)
                        y.insert(frame: frame, token: token, channel: neuron / weights.stride)
                    }
                }
            }
        }
        pass.activity.recordOperations(layer: layer, x)
        pass.activity.recordSpikes(group: group, y)
    }

    /// The token at `index` of the mixed axis; `line` is its place on the other one.
    private func token(line: Int, index: Int) -> Int {
        switch axis {
        case .height: index * side + line
        case .width: line * side + index
        }
    }

    /// `W x + b` for all channels of one line: `[channels, side]`, rows padded to whole lanes.
    private func sum(_ x: SpikeMap, frame: Int, line: Int, into sums: inout [Double]) {
        fillRows(&sums, offset: 0, count: channels, with: bias, length: weights.stride)
        for index in 0..<side {
            addRowAtSpikes(
                weights: weights.values, row: index, rowLength: weights.stride,
                spikes: x.words, firstWord: x.wordIndex(frame: frame, token: token(line: line, index: index)),
                wordCount: x.wordsPerToken, sums: &sums)
        }
    }

    private func measure(_ x: SpikeMap, into moments: inout [Moments]) {
        var sums = Array(repeating: Double(0), count: channels * weights.stride)
        for frame in 0..<x.frames {
            for line in 0..<side {
                sum(x, frame: frame, line: line, into: &sums)
                for channel in 0..<channels {
                    for index in 0..<side {
                        moments[index].add(sums[channel * weights.stride + index])
                    }
                }
            }
        }
    }
}
