package import Diagnostics

extension Failure.Code {
    /// The dimensions of a network contradict each other or exceed this program's limits.
    package static let invalidArchitecture = Failure.Code("architecture.invalid")
}

extension Architecture {
    /// Bounds far above every published network. Within them no count of this module overflows 64 bits.
    package enum Limit {
        package static let dim = 4096
        package static let blocksPerStage = 256
        package static let alpha = 64
        package static let patchSize = 64
        package static let imageSize = 4096
        package static let classes = 1 << 20
        /// Trainable parameters: 4 GiB of float32.
        package static let parameters = 1 << 30
        /// LIF neurons of the network.
        package static let neurons = 1 << 28
        package static let timeSteps = 256
        /// Values of one layer over all time steps: 1 GiB of float32.
        package static let valuesPerMap = 1 << 28
        /// The same over all calibration images: 256 MiB.
        package static let valuesPerCalibrationMap = 1 << 26
    }

    /// Refuses what cannot be built or would take memory beyond reason.
    ///
    /// - Throws: `architecture.invalid`, naming the dimension at fault.
    package func validate() throws(Failure) {
        guard depths.count == 4 else {
            throw invalid("it has \(depths.count) stages, and exactly 4 are supported")
        }
        try check("dim", dim, atMost: Limit.dim)
        try check("alpha", alpha, atMost: Limit.alpha)
        try check("patch size", patchSize, atMost: Limit.patchSize)
        try check("image size", imageSize, atMost: Limit.imageSize)
        try check("number of classes", classes, atMost: Limit.classes)
        for (stage, depth) in depths.enumerated() {
            try check("number of blocks of stage \(stage)", depth, atMost: Limit.blocksPerStage)
        }
        guard imageSize.isMultiple(of: patchSize * 8) else {
            throw invalid("the image size \(imageSize) is not a multiple of \(patchSize * 8), eight patches of \(patchSize) pixels")
        }
        guard family == .plain || channels(stage: 1).isMultiple(of: 3) else {
            throw invalid("the spe family's patch cells divide channels by 3, and \(channels(stage: 1)) channels of stage 1 cannot be")
        }
        guard parameterCount <= Limit.parameters else {
            throw invalid("it has \(parameterCount) parameters, and \(Limit.parameters) at most are supported")
        }
        let neurons = lifGroups.reduce(0) { $0 + $1.neurons }
        guard neurons <= Limit.neurons else {
            throw invalid("it has \(neurons) neurons, and \(Limit.neurons) at most are supported")
        }
    }

    private func check(_ what: String, _ value: Int, atMost limit: Int) throws(Failure) {
        guard (1...limit).contains(value) else {
            throw invalid("the \(what) is \(value), and 1 to \(limit) are supported")
        }
    }

    private func invalid(_ reason: String) -> Failure {
        Failure(
            .invalidArchitecture, "This network cannot be built: \(reason).",
            remedy: "Check the dimensions given, or the checkpoint they were read from.")
    }
}
