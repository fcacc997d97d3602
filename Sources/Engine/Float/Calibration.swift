import Networks

/// Mean and variance of a stream of values, in double precision and in the order they come.
struct Moments: Sendable {
    private var count = 0
    private var sum = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        squares += value * value
    }

    var mean: Float {
        count == 0 ? 0 : Float(sum / Double(count))
    }

    /// The unbiased variance, as PyTorch's `running_var` keeps it.
    var variance: Float {
        guard count > 1 else { return 0 }
        return Float(max(0, squares - sum * sum / Double(count)) / Double(count - 1))
    }
}

/// Statistics of every batch normalisation's input: running means and variances by the names of their tensors.
struct Calibration: Sendable {
    private(set) var statistics: [String: [Float]] = [:]

    private var done = 0
    private let total: Int
    private let progress: @Sendable (_ done: Int, _ total: Int) -> Void

    init(total: Int, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) {
        self.total = total
        self.progress = progress
    }

    /// Measures a normalisation's input, and gives the normalisation by it.
    ///
    /// - Parameters:
    ///   - value: at least one image's; frames, then positions, then channels.
    mutating func calibrated(_ loaded: BatchNorm, on value: NodeValue, width: Int) -> BatchNorm {
        var moments = Array(repeating: Moments(), count: loaded.features)
        func measure(frames: Int, positions: Int, channels: Int, _ value: (_ frame: Int, _ position: Int, _ channel: Int) -> Double) {
            for frame in 0..<frames {
                for position in 0..<positions {
                    for channel in 0..<channels {
                        moments[loaded.feature(channel: channel, position: position, width: width)].add(value(frame, position, channel))
                    }
                }
            }
        }
        switch value {
        case .real(let map):
            measure(frames: map.frames, positions: map.positions, channels: map.channels) {
                map.values[map.index(frame: $0, position: $1) + $2]
            }
        case .spikes(let map):
            measure(frames: map.frames, positions: map.tokens, channels: map.channels) {
                map.contains(frame: $0, token: $1, channel: $2) ? 1 : 0
            }
        }
        statistics[loaded.names.mean] = moments.map(\.mean)
        statistics[loaded.names.variance] = moments.map(\.variance)
        var calibrated = loaded
        for (feature, moment) in moments.enumerated() {
            calibrated.setStatistics(feature: feature, mean: Double(moment.mean), variance: Double(moment.variance))
        }
        done += 1
        progress(done, total)
        return calibrated
    }
}
