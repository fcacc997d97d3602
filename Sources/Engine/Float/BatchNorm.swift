import Networks
import SpikeKernels

/// Batch normalisation in evaluation mode: `y = gamma (u - running_mean) / sqrt(running_var + epsilon) + beta`, applied as
/// `y = u * scale + shift`, times the time step's factor where there is one.
struct BatchNorm: Sendable {
    let names: Normalisation
    private let gamma: [Double]
    private let beta: [Double]
    /// Factors of time steps; empty where there are none.
    private let timeScale: [Double]
    /// Both padded with zeros to whole lanes.
    private var scale: [Double]
    private var shift: [Double]

    init(_ normalisation: Normalisation, _ tensors: [String: Tensor]) {
        names = normalisation
        gamma = tensors.doubles(normalisation.weight)
        beta = tensors.doubles(normalisation.bias)
        timeScale = normalisation.timeScale.map { tensors.doubles($0) } ?? []
        scale = gamma.paddedWithZeros
        shift = beta.paddedWithZeros
        let means = tensors.doubles(normalisation.mean)
        let variances = tensors.doubles(normalisation.variance)
        for feature in gamma.indices {
            setStatistics(feature: feature, mean: means[feature], variance: variances[feature])
        }
    }

    var features: Int { gamma.count }

    /// Takes new running statistics for one feature.
    mutating func setStatistics(feature: Int, mean: Double, variance: Double) {
        scale[feature] = gamma[feature] / (variance + names.epsilon).squareRoot()
        shift[feature] = beta[feature] - mean * scale[feature]
    }

    /// The feature that a value belongs to.
    func feature(channel: Int, position: Int, width: Int) -> Int {
        switch names.axis {
        case .channel: channel
        case .token: position
        case .row: position / width
        case .column: position % width
        }
    }

    /// Normalises what stands in a map.
    func apply(to map: inout FeatureMap) {
        if names.axis == .channel {
            scaleAndShiftRows(&map.values, offset: 0, count: map.frames * map.positions, length: map.stride, scale: scale, shift: shift)
        } else {
            for frame in 0..<map.frames {
                for position in 0..<map.positions {
                    let feature = feature(channel: 0, position: position, width: map.width)
                    scaleAndShift(
                        &map.values, offset: map.index(frame: frame, position: position), count: map.stride, scale: scale[feature],
                        shift: shift[feature])
                }
            }
        }
        guard !timeScale.isEmpty else { return }
        for frame in 0..<map.frames {
            scaleAndShift(
                &map.values, offset: map.index(frame: frame, position: 0), count: map.frameSize, scale: timeScale[frame % map.steps],
                shift: 0)
        }
    }
}
