import SpikeKernels

/// Batch normalisation in evaluation mode: `y = gamma (u - running_mean) / sqrt(running_var + 1e-5) + beta`, applied as `y = u * scale + shift`.
///
/// A feature is a channel, an index along an axis, or a token, as the layer before it decides.
struct BatchNorm: Sendable {
    static let epsilon = 1e-5

    let path: String
    private let gamma: [Float]
    private let beta: [Float]
    /// Both padded with zeros to whole lanes.
    private(set) var scale: [Float]
    private(set) var shift: [Float]

    init(_ loader: ModuleLoader, path: String) {
        self.path = path
        self.gamma = loader.values("\(path).weight")
        self.beta = loader.values("\(path).bias")
        self.scale = gamma.paddedToLanes
        self.shift = beta.paddedToLanes
        let means = loader.values("\(path).running_mean")
        let variances = loader.values("\(path).running_var")
        for feature in gamma.indices {
            setStatistics(feature: feature, mean: means[feature], variance: variances[feature])
        }
    }

    var features: Int { gamma.count }

    /// Takes new running statistics for one feature. Scale and shift are computed in double precision and rounded once.
    mutating func setStatistics(feature: Int, mean: Float, variance: Float) {
        let exactScale = Double(gamma[feature]) / (Double(variance) + BatchNorm.epsilon).squareRoot()
        scale[feature] = Float(exactScale)
        shift[feature] = Float(Double(beta[feature]) - Double(mean) * exactScale)
    }

    /// Normalises per channel.
    func apply(to map: inout FeatureMap) {
        scaleAndShiftRows(&map.values, offset: 0, count: map.frames * map.tokens, length: map.stride, scale: scale, shift: shift)
    }
}
