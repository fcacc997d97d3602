import SpikeKernels

/// Real values of one layer over images, time steps and tokens.
///
/// A map with one step is constant in time: it answers for every step.
struct FeatureMap: Sendable {
    let images: Int
    let steps: Int
    let tokens: Int
    let channels: Int
    /// Values from one token to the next: `channels` padded to the kernels' lanes. What stands in the padding is never read.
    let stride: Int
    /// `[images, steps, tokens, stride]`
    var values: [Double]

    init(images: Int, steps: Int, tokens: Int, channels: Int) {
        self.images = images
        self.steps = steps
        self.tokens = tokens
        self.channels = channels
        self.stride = paddedToLanes(channels)
        self.values = Array(repeating: 0, count: images * steps * tokens * stride)
    }

    var frames: Int { images * steps }

    /// Index of a token's first value.
    func index(frame: Int, token: Int) -> Int {
        (frame * tokens + token) * stride
    }

    /// Index of a token's first value at a time step.
    func index(image: Int, step: Int, token: Int) -> Int {
        index(frame: image * steps + min(step, steps - 1), token: token)
    }

    /// Adds another map of the same tokens and channels, which may be constant in time.
    mutating func add(_ other: FeatureMap) {
        for image in 0..<images {
            for step in 0..<steps {
                addValues(
                    &values, targetOffset: index(image: image, step: step, token: 0),
                    source: other.values, sourceOffset: other.index(image: image, step: step, token: 0), count: tokens * stride)
            }
        }
    }
}
