import SpikeKernels

/// What all modules of one forward pass share: its extent, what is recorded, and scratch memory.
struct ForwardPass: Sendable {
    let images: Int
    let steps: Int
    var activity: ActivityRecorder
    /// Statistics measured on the way; nil while evaluating.
    var calibration: Calibration?
    /// Membrane potentials and input currents of the neurons stepped together, and the words they fire into.
    var potentials: [Double]
    var currents: [Double]
    var fired: [UInt64]

    init(architecture: Architecture, images: Int, steps: Int, isTracing: Bool, calibration: Calibration?) {
        self.images = images
        self.steps = steps
        self.activity = ActivityRecorder(architecture: architecture, steps: steps, isTracing: isTracing)
        self.calibration = calibration
        let largest = (0..<4).map { stage in
            let channels = architecture.channels(stage: stage)
            return max(channels * paddedToLanes(architecture.grid(stage: stage)), paddedToLanes(architecture.alpha * channels))
        }
        let size = largest.max() ?? 0
        self.potentials = Array(repeating: 0, count: size)
        self.currents = Array(repeating: 0, count: size)
        self.fired = Array(repeating: 0, count: (size + 63) / 64)
    }

    /// Every image starts with all membrane potentials at 0.
    mutating func resetPotentials(count: Int) {
        for neuron in 0..<count {
            potentials[neuron] = 0
        }
    }

    /// The normalisation to apply: `loaded` itself, or while calibrating one with the statistics that `measure` takes of its input.
    mutating func normalization(_ loaded: BatchNorm, measure: (inout [Moments]) -> Void) -> BatchNorm {
        guard calibration != nil else { return loaded }
        var moments = Array(repeating: Moments(), count: loaded.features)
        measure(&moments)
        calibration?.record(path: loaded.path, moments)
        var calibrated = loaded
        for (feature, moment) in moments.enumerated() {
            calibrated.setStatistics(feature: feature, mean: Double(moment.mean), variance: Double(moment.variance))
        }
        return calibrated
    }

    /// Normalises per channel, by statistics of the map itself while calibrating.
    mutating func normalize(_ map: inout FeatureMap, _ loaded: BatchNorm) {
        let normalization = normalization(loaded) { moments in
            for frame in 0..<map.frames {
                for token in 0..<map.tokens {
                    let first = map.index(frame: frame, token: token)
                    for channel in 0..<map.channels {
                        moments[channel].add(map.values[first + channel])
                    }
                }
            }
        }
        normalization.apply(to: &map)
    }
}
