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
    /// Settles a failure that may be this machine's fault: returns where the image counts as failed, throws where the shard has to go back.
    /// `others` gives the failures of the same kind that the shard's later images have.
    let settle: (_ failure: Failure, _ image: StoredImage, _ others: () -> [ImageFailure]) throws -> Void

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
            if board.isHandingBack { return .handedBack }
            beginsImage()
            do {
                let (prediction, inference) = try evaluator.evaluate(image) { try input.bytes(of: index) }
                result.predictions.append(prediction)
                activity.add(inference)
            } catch let failure as Failure where OpinionOnImage.isDoubtful(failure) || FailureBlame(of: failure.code) == .shard {
                if OpinionOnImage.isDoubtful(failure) {
                    try settle(failure, image) { doubts(images, from: index + 1, of: lease, input, evaluator) }
                }
                result.failures.append(
                    ImageFailure(ordinal: image.ordinal, code: failure.code.rawValue, message: failure.description))
            }
            board.countImage(of: lease)
        }
        result.activity = activity.activity
        return .finished(result)
    }

    /// Which images from `first` on are missing or changed. They are read and not evaluated.
    private func doubts(
        _ images: [StoredImage], from first: Int, of lease: Lease, _ input: EvaluationInput, _ evaluator: ImageEvaluator
    ) -> [ImageFailure] {
        var doubts: [ImageFailure] = []
        for index in first..<images.count where !board.isLost(lease) && !board.isHandingBack {
            beginsImage()
            do {
                try evaluator.context.source.verify(images[index], input.bytes(of: index))
            } catch let failure as Failure where OpinionOnImage.isDoubtful(failure) {
                doubts.append(ImageFailure(ordinal: images[index].ordinal, code: failure.code.rawValue, message: failure.description))
            } catch {
                // What else is wrong, whoever evaluates the image finds.
            }
        }
        return doubts
    }
}
