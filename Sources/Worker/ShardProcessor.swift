internal import Diagnostics
internal import Evaluation
internal import EvaluationStore

/// One thread's work on one shard: every image from bytes to row, then the store.
struct ShardProcessor {
    let board: SlotBoard
    /// Called before each image.
    let beginsImage: () -> Void
    /// Called when no image follows.
    let hasEnded: () -> Void

    /// How the work on a shard ended.
    enum Outcome {
        case finished(ShardResult)
        /// The lease is lost; nothing is to be stored.
        case abandoned
        /// The worker stops; the shard goes back.
        case handedBack
    }

    /// Evaluates a shard's images one after the other. An image that cannot be read becomes a failure; the others count.
    /// - Throws: what concerns the shard as a whole, such as a data set's missing root.
    func process(_ lease: Lease, images: [StoredImage], evaluator: ImageEvaluator) throws -> Outcome {
        try evaluator.checkSource()
        defer { hasEnded() }
        var result = ShardResult()
        var activity = ActivitySum(layers: evaluator.layers, timeSteps: evaluator.timeSteps)
        let input = evaluator.input(images)
        for (index, image) in images.enumerated() {
            if board.isLost(lease) { return .abandoned }
            if board.stopState == .handingBack { return .handedBack }
            beginsImage()
            do {
                let (prediction, inference) = try evaluator.evaluate(image) { try input.bytes(of: index) }
                result.predictions.append(prediction)
                activity.add(inference)
            } catch let failure as Failure where failure.recovery == .permanent {
                result.failures.append(
                    ImageFailure(ordinal: image.ordinal, code: failure.code.rawValue, message: failure.description))
            }
            board.countImage(of: lease)
        }
        result.activity = activity.activity
        return .finished(result)
    }
}
