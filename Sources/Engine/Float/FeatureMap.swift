import Networks
import SpikeKernels

/// Real values of one node over images, time steps and positions; counts as what they are divided to.
///
/// A map with one step is constant in time: it answers for every step.
struct FeatureMap: Sendable {
    let images: Int
    let steps: Int
    let height: Int
    let width: Int
    let channels: Int
    /// Values from one position to the next: `channels` padded to the kernels' lanes. What stands in the padding is never read.
    let stride: Int
    /// `[images, steps, positions, stride]`, and perhaps more that is not used.
    var values: [Double]

    /// - Parameters:
    ///   - steps: of the pass; a constant feature has one.
    ///   - values: at least ``size(_:images:steps:)`` of them, whatever they are.
    init(_ feature: Feature, images: Int, steps: Int, values: consuming [Double]) {
        self.images = images
        self.steps = feature.isConstant ? 1 : steps
        height = feature.height
        width = feature.width
        channels = feature.channels
        stride = paddedToLanes(channels)
        self.values = values
    }

    /// Values that a feature takes.
    static func size(_ feature: Feature, images: Int, steps: Int) -> Int {
        images * (feature.isConstant ? 1 : steps) * feature.positions * paddedToLanes(feature.channels)
    }

    var positions: Int { height * width }
    var frames: Int { images * steps }
    /// Values of one frame.
    var frameSize: Int { positions * stride }
    /// Values of all frames.
    var size: Int { frames * frameSize }

    /// Index of a position's first value.
    func index(frame: Int, position: Int) -> Int {
        (frame * positions + position) * stride
    }

    /// The frame that holds an image's time step.
    func frame(image: Int, step: Int) -> Int {
        image * steps + min(step, steps - 1)
    }

    mutating func fill(with value: Double) {
        for index in 0..<size { values[index] = value }
    }

    /// Copies `row`, `stride` values, to every position.
    mutating func fillPositions(with row: [Double]) {
        fillRows(&values, offset: 0, count: frames * positions, with: row, length: stride)
    }
}

/// What a node gave: bits for spikes, real values for all else.
enum NodeValue: Sendable {
    case real(FeatureMap)
    case spikes(SpikeMap)

    var channels: Int {
        switch self {
        case .real(let map): map.channels
        case .spikes(let map): map.channels
        }
    }
}

extension SpikeMap {
    /// - Parameter words: at least ``size(_:images:steps:)`` of them, whatever they are.
    init(_ feature: Feature, images: Int, steps: Int, words: consuming [UInt64]) {
        self.init(frames: images * steps, tokens: feature.positions, channels: feature.channels, words: words)
    }

    /// Words that a feature takes.
    static func size(_ feature: Feature, images: Int, steps: Int) -> Int {
        images * steps * feature.positions * ((feature.channels + 63) / 64)
    }
}
