package import Diagnostics
package import Networks

extension Failure.Code {
    /// What an engine was given does not fit its network.
    package static let unfitInput = Failure.Code("engine.unfit-input")
}

/// Something that computes a network's answers. Engines are immutable and shared by threads; each thread has a workspace of its own.
package protocol InferenceEngine: Sendable {
    /// The engine's name as runs record it, such as `float`.
    var name: String { get }
    var network: Network { get }

    /// Memory for one image at a time, allocated here once.
    ///
    /// - Parameters:
    ///   - timeSteps: 1 to ``Network/longestRun``.
    ///   - isTracing: whether ``InferenceWorkspace/activity`` keeps the spikes themselves.
    /// - Throws: `engine.unfit-input` for a number of time steps that cannot be had; `engine.memory` where the machine has less.
    func makeWorkspace(timeSteps: Int, isTracing: Bool) throws -> any InferenceWorkspace

    /// What evaluating takes, known before anything of it is taken.
    ///
    /// - Parameter timeSteps: 1 to ``Network/longestRun``; see ``checkTimeSteps(_:)``.
    func memory(timeSteps: Int, isTracing: Bool) -> EngineMemory
}

/// One thread's memory for an engine. Its results do not depend on the images before.
package protocol InferenceWorkspace: AnyObject {
    /// Evaluates an image.
    ///
    /// - Parameter pixels: RGB bytes, `[size, size, 3]`, resized and cropped.
    /// - Throws: `engine.unfit-input` where their number is not the network's.
    func infer(pixels: [UInt8]) throws -> Inference

    /// Evaluates an image that is normalised already.
    ///
    /// - Parameter normalized: `[3, size, size]`.
    /// - Throws: `engine.unfit-input` where their number is not the network's.
    func infer(normalized: [Float]) throws -> Inference

    /// The counts, and where tracing the spikes, of the image evaluated last.
    var activity: ActivityRecorder { get }
}

extension InferenceEngine {
    /// A workspace that counts spikes and does not keep them.
    package func makeWorkspace(timeSteps: Int) throws -> any InferenceWorkspace {
        try makeWorkspace(timeSteps: timeSteps, isTracing: false)
    }

    /// Refuses a number of time steps that cannot be run, or whose workspace would take more memory than the machine has.
    package func checkWorkspace(timeSteps: Int, isTracing: Bool) throws(Failure) {
        try checkTimeSteps(timeSteps)
        try memory(timeSteps: timeSteps, isTracing: isTracing).require(threads: 1, timeSteps: timeSteps, limit: MachineMemory.bytes)
    }

    /// Refuses a number of time steps that cannot be run.
    package func checkTimeSteps(_ timeSteps: Int) throws(Failure) {
        let limit = network.longestRun
        guard (1...limit).contains(timeSteps) else {
            throw Failure(
                .unfitInput,
                "\(timeSteps.counted("time step")) \(timeSteps.agreeing("was", "were")) asked for, and this network can run 1 to \(limit).",
                remedy: "Ask for a number of time steps in that range.")
        }
    }
}

extension Failure {
    /// An image of another number of values than the network reads.
    static func unfitImage(count: Int, size: Int) -> Failure {
        Failure(
            .unfitInput, "An image of \(count.counted("value")) was given, and this network reads \(size)x\(size)x3.",
            remedy: "Preprocess images for the network's input size.")
    }
}
