internal import ArgumentParser
package import Checkpoints
package import Engine

/// Which arithmetic a network is computed with.
package struct EngineOptions: ParsableArguments {
    @Option(help: "The arithmetic: fixed32 (faithful), fixed16 (fast) or float (the reference).")
    var engine = Engines.defaultName

    @Option(help: "Round the fixed-point engines' weights to so many bits, 6 to 16, with a scale for each output.")
    var weightBits: Int?

    package init() {}

    package func validate() throws {
        if let weightBits {
            guard FixedPointFormat.weightBits.contains(weightBits) else { throw ValidationError("--weight-bits takes 6 to 16") }
            guard engine != "float" else { throw ValidationError("--weight-bits is for fixed32 and fixed16, and --engine is float") }
        }
        guard (try? Engines.name(engine, weightBits: weightBits)) != nil else {
            throw ValidationError("there is no engine \(engine); choose one of \(Engines.names.joined(separator: ", "))")
        }
    }

    /// The engine's name as runs record it.
    package var name: String {
        get throws { try Engines.name(engine, weightBits: weightBits) }
    }
}

/// An engine made from a checkpoint's file.
package enum EngineLoading {
    /// - Parameter timeSteps: nil for what the checkpoint says, else 4.
    package static func load(
        _ checkpoint: consuming Checkpoint, engine: String, timeSteps: Int?
    ) throws -> (engine: any InferenceEngine, timeSteps: Int) {
        let steps = timeSteps ?? checkpoint.savedTimeSteps ?? 4
        let parameters = checkpoint.parameters
        return (try Engines.make(engine, parameters: parameters), steps)
    }
}
