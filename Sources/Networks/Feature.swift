/// What a node gives: its kind and shape.
package struct Feature: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// Real numbers.
        case current
        /// Bits.
        case spikes
        /// Whole numbers from 0 to a largest one, divided by a divisor.
        case counts(largest: Int, divisor: Int)
    }

    package var kind: Kind
    package var channels: Int
    package var height: Int
    package var width: Int
    /// Whether it depends on the image alone and is the same at every time step.
    package var isConstant: Bool

    package init(kind: Kind, channels: Int, height: Int, width: Int, isConstant: Bool = false) {
        self.kind = kind
        self.channels = channels
        self.height = height
        self.width = width
        self.isConstant = isConstant
    }

    package var positions: Int { height * width }
    package var neurons: Int { channels * positions }
    package var isCurrent: Bool { kind == .current }
    package var isSpikes: Bool { kind == .spikes }

    /// The largest whole number of spikes or counts, and what they are divided by; nil for currents.
    package var whole: (largest: Int, divisor: Int)? {
        switch kind {
        case .current: nil
        case .spikes: (1, 1)
        case .counts(let largest, let divisor): (largest, divisor)
        }
    }

    func hasGrid(of other: Feature) -> Bool { height == other.height && width == other.width }
    func hasShape(of other: Feature) -> Bool { channels == other.channels && hasGrid(of: other) }
}

/// Bounds far above every published network. Within them no count of a network overflows 64 bits.
package enum NetworkLimit {
    package static let nodes = 1 << 14
    /// Nodes behind each other, from the image to the logits.
    package static let depth = 1 << 12
    /// The same without a neuron between.
    package static let depthWithoutNeurons = 1 << 10
    package static let inputsOfNode = 1 << 10
    package static let channels = 1 << 20
    package static let inputSize = 4096
    package static let kernel = 4096
    package static let classes = 1 << 20
    /// Trainable parameters: 4 GiB of float32.
    package static let parameters = 1 << 30
    /// Neurons of the whole network.
    package static let neurons = 1 << 28
    package static let timeSteps = 256
    /// Values of one feature over all time steps.
    package static let valuesPerFeature = 1 << 28
    /// The same over all calibration images.
    package static let valuesPerCalibration = 1 << 27
    package static let operations = 1 << 50
    package static let largestCount = 1 << 20
}
