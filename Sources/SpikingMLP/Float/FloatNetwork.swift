import Diagnostics

/// A whole network with float32 weights and double precision sums. Immutable: threads share it, each with ``Maps`` of its own.
///
/// Every sum has one fixed order and no fused or reassociated operation, so results are the same bits on every machine and thread count. Double precision
/// keeps rounding from deciding spikes: in float32 a potential within 1e-7 of the threshold fires or not by the order of summation.
struct FloatNetwork: Sendable {
    let architecture: Architecture
    private let stages: [Stage]
    private let head: Head

    /// - Throws: `parameters.unusable`, `architecture.invalid`.
    init(_ parameters: Parameters) throws(Failure) {
        let loader = try ModuleLoader(parameters)
        architecture = loader.architecture
        stages = (0..<4).map { Stage(loader, stage: $0) }
        head = Head(loader)
    }

    /// All memory that a forward pass writes.
    struct Maps: Sendable {
        var stages: [Stage.Maps]
        var pass: ForwardPass

        init(architecture: Architecture, images: Int, steps: Int, isTracing: Bool = false, calibration: Calibration? = nil) {
            stages = (0..<4).map { Stage.Maps(architecture: architecture, stage: $0, images: images, steps: steps) }
            pass = ForwardPass(
                architecture: architecture, images: images, steps: steps, isTracing: isTracing, calibration: calibration)
        }
    }

    /// Layer by layer, each through all time steps: a step depends on no later one.
    ///
    /// - Parameter input: normalised pixels, `[images, 3, size, size]`.
    /// - Returns: logits, `[images * steps][classes]`.
    func logits(_ input: [Float], _ maps: inout Maps) -> [[Float]] {
        maps.pass.activity.reset()
        for (index, stage) in stages.enumerated() {
            let previous = index == 0 ? nil : maps.stages[index - 1].x
            stage.run(pixels: input, previous: previous, &maps.stages[index], &maps.pass)
        }
        return head.classify(maps.stages[3].x, &maps.pass)
    }
}
