internal import Diagnostics
package import Networks
package import SpikeKernels

/// The engine the project exists for: whole numbers, and on every spike path only additions, subtractions, shifts, comparisons and bit
/// operations. The same bits on every machine, with every instruction set, number of threads and order of images.
package struct FixedEngine: InferenceEngine {
    private let program: FixedNetwork
    package let kernels: KernelSet

    package var name: String { program.format.name }
    package var network: Network { program.network }
    package var format: FixedPointFormat { program.format }
    /// How far the units of the currents' channels lie apart, current by current.
    package var unitSpread: [UnitSpread] { program.unitSpread }

    /// What multiplies, in the order of computation: the network's layers on pixels and on currents, normalisations of currents that stand
    /// in memory, which neither weights nor thresholds can take in, and the image where something else than a layer reads it.
    package var multiplying: [MultiplyingLayer] {
        let normalisations = program.multipliedNormalisations.map { node in
            MultiplyingLayer(
                name: network.graph.nodes[node].name, node: node, operations: network.features[node].neurons,
                isInput: network.features[node].isConstant)
        }
        return (network.activity.multiplying + normalisations).sorted { $0.node < $1.node }
    }
    /// Bytes of weights, biases and thresholds; once per process.
    package var weightBytes: Int { program.weightBytes }

    /// - Parameters:
    ///   - parameters: let go while they are folded, so that memory holds them once.
    ///   - kernels: of the format's lanes.
    ///   - normalization: of the pixels that the engine is given.
    /// - Throws: `parameters.unusable`, `engine.unfit-weights`.
    package init(
        _ parameters: consuming Parameters, format: FixedPointFormat, kernels: KernelSet, normalization: PixelNormalization = .imageNet
    ) throws {
        precondition(kernels.laneBits == format.precision.laneBits)
        program = try FixedNetwork(parameters, format: format, normalization: normalization)
        self.kernels = kernels
    }

    private init(_ program: FixedNetwork, kernels: KernelSet) {
        self.program = program
        self.kernels = kernels
    }

    /// The same network, computed by other kernels of the same lanes.
    package func with(kernels: KernelSet) -> FixedEngine {
        precondition(kernels.laneBits == format.precision.laneBits)
        return FixedEngine(program, kernels: kernels)
    }

    package func memory(timeSteps: Int, isTracing: Bool) -> EngineMemory {
        EngineMemory(
            shared: weightBytes,
            perThread: PassSizes(program, kernels: kernels, steps: timeSteps).bytes
                + (isTracing ? network.activity.tracedBytes(steps: timeSteps) : 0))
    }

    package func makeWorkspace(timeSteps: Int, isTracing: Bool) throws -> any InferenceWorkspace {
        try makeFixedWorkspace(timeSteps: timeSteps, isTracing: isTracing)
    }

    /// - Parameter observer: told when each part of the network begins, for measuring.
    package func makeFixedWorkspace(
        timeSteps: Int, isTracing: Bool = false, observer: (any PassObserver)? = nil
    ) throws -> FixedWorkspace {
        try checkWorkspace(timeSteps: timeSteps, isTracing: isTracing)
        return FixedWorkspace(program, kernels: kernels, timeSteps: timeSteps, isTracing: isTracing, observer: observer)
    }
}

/// The parts of a forward pass, for measuring and counting.
package enum PassPart: String, Sendable, Hashable, CaseIterable {
    /// The layer that reads the image.
    case input
    /// Rows and columns of the grid.
    case mixing
    /// Layers that read other positions than their own, their neurons' kernels not included.
    case convolution
    /// Layers that read their own position, and the neurons that their kernels step.
    case linear
    /// Products of spikes with spikes.
    case attention
    /// Layers on currents, which multiply.
    case products
    /// Pooling, gates and means.
    case pooling
    /// Finding the spikes that a layer adds rows for.
    case listing
    /// Neurons that no layer's kernel steps, and sums of currents.
    case neurons
    case head
}

/// Observes a forward pass, on the pass's own thread.
package protocol PassObserver: AnyObject {
    /// What follows belongs to `part` and, where one is named, to a synaptic layer of ``NetworkActivity/layers``.
    func begin(_ part: PassPart, layer: Int?)
    /// The image is done.
    func end()
}

/// One thread's memory for a ``FixedEngine``.
package final class FixedWorkspace: InferenceWorkspace {
    private let network: FixedNetwork
    private let pass: FixedPass
    private let pixelCount: Int

    init(_ network: FixedNetwork, kernels: KernelSet, timeSteps: Int, isTracing: Bool, observer: (any PassObserver)?) {
        self.network = network
        pass = FixedPass(network, kernels: kernels, steps: timeSteps, isTracing: isTracing, observer: observer)
        pixelCount = 3 * network.network.inputSize * network.network.inputSize
    }

    package var activity: ActivityRecorder { pass.activity }
    /// Bytes that this thread's work is done in.
    package var bytes: Int { pass.bytes }

    package func infer(pixels: [UInt8]) throws -> Inference {
        try check(pixels.count)
        return pass.run(.pixels(pixels))
    }

    package func infer(normalized: [Float]) throws -> Inference {
        try check(normalized.count)
        guard normalized.allSatisfy(\.isFinite) else {
            throw Failure(
                .unfitInput, "An image was given with a value that is no finite number.", remedy: "Normalise images before they are traced."
            )
        }
        let inference = pass.run(.normalized(normalized))
        guard !pass.hasImpossibleInput else {
            throw Failure(
                .unfitInput,
                "An image was given with values that no pixels have in this network's colours: whole numbers have no room for them.",
                remedy: "Normalise images with ImageNet's mean and standard deviation, or take --engine float.")
        }
        return inference
    }

    private func check(_ count: Int) throws(Failure) {
        guard count == pixelCount else {
            throw .unfitImage(count: count, size: network.network.inputSize)
        }
    }
}
