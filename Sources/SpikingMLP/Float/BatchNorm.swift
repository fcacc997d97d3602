import SpikeKernels

/// Batch normalisation in evaluation mode: `y = gamma (u - running_mean) / sqrt(running_var + 1e-5) + beta`, applied as `y = u * scale + shift`.
///
/// A feature is a channel, an index along an axis, or a token, as the layer before it decides.
struct BatchNorm: Sendable {
    static let epsilon = 1e-5

    let path: String
    private let gamma: [Double]
    private let beta: [Double]
    /// Both padded with zeros to whole lanes.
    private(set) var scale: [Double]
    private(set) var shift: [Double]

    init(_ loader: ModuleLoader, path: String) {
        self.path = path
        self.gamma = loader.values("\(path).weight")
        self.beta = loader.values("\(path).bias")
        self.scale = gamma.paddedWithZeros
        self.shift = beta.paddedWithZeros
        let means = loader.values("\(path).running_mean")
        let variances = loader.values("\(path).running_var")
        for feature in gamma.indices {
            setStatistics(feature: feature, mean: means[feature], variance: variances[feature])
        }
    }

    var features: Int { gamma.count }

    /// Takes new running statistics for one feature.
    mutating func setStatistics(feature: Int, mean: Double, variance: Double) {
        scale[feature] = gamma[feature] / (variance + BatchNorm.epsilon).squareRoot()
        shift[feature] = beta[feature] - mean * scale[feature]
    }

    /// Normalises per channel.
    func apply(to map: inout FeatureMap) {
        scaleAndShiftRows(&map.values, offset: 0, count: map.frames * map.tokens, length: map.stride, scale: scale, shift: shift)
    }
}
