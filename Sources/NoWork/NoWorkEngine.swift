package import Diagnostics
package import Engine
internal import Evaluation
internal import NetworkFamilies
package import Networks

/// A network of no work: it answers from an image's hash instead of its pixels. It is for measuring and testing everything around a
/// network; runs of it say so, their engine is `none`, and only workers that were started for it take them.
package struct NoWorkEngine: InferenceEngine {
    package static let engineName = "none"

    /// The network whose layers, classes and time steps are taken: rows are as many and as wide as those of the first published one.
    package static func layersNetwork() throws(Failure) -> Network {
        guard let name = NetworkFamilies.publishedNames.first, let network = try NetworkFamilies.named(name) else {
            preconditionFailure("there are published networks")
        }
        return network
    }

    package let network: Network
    package var name: String { Self.engineName }

    package init(network: Network) {
        self.network = network
    }

    package func memory(timeSteps: Int, isTracing: Bool) -> EngineMemory { EngineMemory(shared: 0, perThread: 0) }

    package func makeWorkspace(timeSteps: Int, isTracing: Bool) throws -> any InferenceWorkspace {
        try checkTimeSteps(timeSteps)
        return NoWorkWorkspace(network, timeSteps: timeSteps)
    }
}

/// Answers of a ``NoWorkEngine``, made once: the counts are those of a network in which about one neuron in fourteen fires.
private final class NoWorkWorkspace: InferenceWorkspace {
    private let classes: Int
    private let timeSteps: Int
    private let counts: [(spikes: [[Int]], operations: [[Int]])]
    private let emptyActivity: ActivityRecorder

    /// Different counts that images may have.
    private static let variants = 16

    init(_ network: Network, timeSteps: Int) {
        classes = network.classes
        self.timeSteps = timeSteps
        let groups = network.activity.groups
        let layers = network.activity.layers
        counts = (0..<Self.variants).map { variant in
            (
                groups.map { group in (0..<timeSteps).map { group.neurons / (10 + $0 + variant % 8) } },
                layers.map { layer in (0..<timeSteps).map { layer.denseOperations / (10 + $0 + variant % 8) } }
            )
        }
        emptyActivity = ActivityRecorder(network: network, steps: timeSteps, isTracing: false)
    }

    var activity: ActivityRecorder { emptyActivity }

    /// - Parameter pixels: the image's hash, 32 bytes. Its first two bytes are the label of a data set made for this engine; three
    ///   answers of four are right.
    func infer(pixels: [UInt8]) throws -> Inference {
        guard pixels.count == 32 else {
            throw Failure(.unfitInput, "\(pixels.count) bytes were given to the network of no work, which reads an image's hash")
        }
        let label = NoWorkData.label(ofHash: pixels, classes: classes)
        let best = pixels[2] < 192 ? label : (label + 1 + Int(pixels[3])) % classes
        var logits = [Float](repeating: 0, count: classes)
        for rank in 1..<5 { logits[(best + rank * 7) % classes] = Float(8 - rank) + Float(pixels[4]) / 512 }
        logits[best] = 8 + Float(pixels[5]) / 256
        let variant = counts[Int(pixels[6]) % Self.variants]
        return Inference(
            logits: Array(repeating: logits, count: timeSteps), spikes: variant.spikes, synapticOperations: variant.operations,
            effectiveOperations: variant.operations)
    }

    func infer(normalized: [Float]) throws -> Inference {
        throw Failure(.unfitInput, "the network of no work reads an image's hash, not pixels")
    }
}

/// What a data set for a ``NoWorkEngine`` looks like: images that are no files, each with a hash and a label that follows from it.
package enum NoWorkData {
    /// The label of an image: the first two bytes of its hash, as a class.
    package static func label(ofHash hash: [UInt8], classes: Int) -> Int {
        (Int(hash[0]) << 8 | Int(hash[1])) % classes
    }
}
