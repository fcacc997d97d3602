/// One row of the view `predictions`: what the network said of one image, and what that took.
package struct Prediction: Sendable, Hashable {
    package var ordinal: Int
    package var label: Int
    /// Classes by falling score, at most five.
    package var top5: [Int]
    /// Mean logits of `top5`.
    package var scores: [Float]
    /// Element t: the class that a run of t + 1 time steps predicts.
    package var topByTimeStep: [Int]
    /// Element t: how many classes rank before the label after t + 1 time steps.
    package var labelRankByTimeStep: [Int]
    /// Element t: best less second-best mean logit after t + 1 time steps.
    package var marginByTimeStep: [Float]
    /// Element t: spikes of all LIF groups in that time step alone.
    package var spikesByTimeStep: [Int]
    /// Element t: synaptic operations of all layers in that time step alone.
    package var synapticOperationsByTimeStep: [Int]
    package var latency: Latency

    package init(
        ordinal: Int, label: Int, top5: [Int], scores: [Float], topByTimeStep: [Int], labelRankByTimeStep: [Int],
        marginByTimeStep: [Float], spikesByTimeStep: [Int], synapticOperationsByTimeStep: [Int], latency: Latency
    ) {
        self.ordinal = ordinal
        self.label = label
        self.top5 = top5
        self.scores = scores
        self.topByTimeStep = topByTimeStep
        self.labelRankByTimeStep = labelRankByTimeStep
        self.marginByTimeStep = marginByTimeStep
        self.spikesByTimeStep = spikesByTimeStep
        self.synapticOperationsByTimeStep = synapticOperationsByTimeStep
        self.latency = latency
    }
}

/// Microseconds per phase of one image on one thread.
package struct Latency: Sendable, Hashable {
    /// Decoding the file's bytes to RGB.
    package var decode: Int
    /// Resize and crop.
    package var preprocess: Int
    package var inference: Int
    /// From opening the file to the finished row.
    package var total: Int

    package init(decode: Int, preprocess: Int, inference: Int, total: Int) {
        self.decode = decode
        self.preprocess = preprocess
        self.inference = inference
        self.total = total
    }
}

/// One row of `shard_activity`: sums over a shard's images.
package struct ShardActivity: Sendable, Hashable {
    /// Images summed, at least one.
    package var images: Int
    /// Spikes of LIF groups and synaptic operations of synaptic layers: by layer, as the model's are numbered, then by time step.
    package var counts: [Int]
    /// Synaptic operations with each input that is not 0 counted once, also where a layer reads counts or means: by synaptic layer, then by
    /// time step. Empty where no layer does.
    package var effective: [Int]

    package init(images: Int, counts: [Int], effective: [Int]) {
        self.images = images
        self.counts = counts
        self.effective = effective
    }
}

/// One row of `image_failures`: an image that has no prediction, and why.
package struct ImageFailure: Sendable, Hashable {
    package var ordinal: Int
    /// Dotted failure code (`image.truncated`).
    package var code: String
    package var message: String

    package init(ordinal: Int, code: String, message: String) {
        self.ordinal = ordinal
        self.code = code
        self.message = message
    }
}

/// All rows of one shard, stored together or not at all.
package struct ShardResult: Sendable, Hashable {
    package var predictions: [Prediction]
    /// Nil where no image has a prediction.
    package var activity: ShardActivity?
    package var failures: [ImageFailure]

    package init(predictions: [Prediction] = [], activity: ShardActivity? = nil, failures: [ImageFailure] = []) {
        self.predictions = predictions
        self.activity = activity
        self.failures = failures
    }
}
