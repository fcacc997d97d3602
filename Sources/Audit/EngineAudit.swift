package import Engine
package import Evaluation
internal import SpikeKernels

/// Counts the operations of an engine on some images.
package struct EngineAudit {
    package let engine: any InferenceEngine
    package let timeSteps: Int
    /// Preprocessed images, `[size, size, 3]` bytes each; at least one.
    package let images: [[UInt8]]
    /// `generated`, or `files`.
    package let imageSource: String

    package init(engine: any InferenceEngine, timeSteps: Int, images: [[UInt8]], imageSource: String) {
        precondition(!images.isEmpty)
        self.engine = engine
        self.timeSteps = timeSteps
        self.images = images
        self.imageSource = imageSource
    }

    /// - Parameters:
    ///   - modelSHA256: of the checkpoint that the engine was made of.
    ///   - version: this program's.
    ///   - progress: told before each image which one it is, from 1.
    package func run(
        modelSHA256: String, version: String, costs: [EnergyCosts], progress: (Int) -> Void = { _ in }
    ) throws -> Certificate {
        func certificate(
            _ layers: [Certificate.Layer], _ multiplied: [Certificate.Multiplied], _ equality: (isEqual: Bool, difference: String?)?
        ) -> Certificate {
            Certificate(
                modelSHA256: modelSHA256, engine: engine.name, kernels: (engine as? FixedEngine)?.kernels.name ?? engine.name,
                version: version, timeSteps: timeSteps, images: images.count, imageSource: imageSource, equality: equality,
                layers: layers, multiplied: multiplied, costs: costs,
                units: (engine as? FixedEngine).map { UnitSummary($0.unitSpread) }.map {
                    Certificate.Units(spread: $0.spread, warnings: $0.warnings)
                })
        }
        if let fixed = engine as? FixedEngine {
            let counted = try CountedRun(engine: fixed, timeSteps: timeSteps, images: images, progress: progress)
            return certificate(counted.layers, counted.multiplied, (counted.difference == nil, counted.difference))
        }
        let derived = try ReferenceOperations(engine: engine, timeSteps: timeSteps, images: images, progress: progress)
        return certificate(derived.layers, derived.multiplied, nil)
    }
}
