internal import Diagnostics
package import Engine
internal import Foundation
internal import Networks
internal import SpikeKernels

/// Measures an engine on some images: whole inferences, and for the fixed-point engine where their time goes.
package struct EngineBenchmark {
    package let engine: any InferenceEngine
    package let timeSteps: Int
    /// Preprocessed images, `[size, size, 3]` bytes each.
    package let images: [[UInt8]]
    package let threads: Int
    /// Every thread goes through the images so often.
    package let rounds: Int

    package init(engine: any InferenceEngine, timeSteps: Int, images: [[UInt8]], threads: Int, rounds: Int) {
        self.engine = engine
        self.timeSteps = timeSteps
        self.images = images
        self.threads = threads
        self.rounds = rounds
    }

    package func run() throws -> EngineMeasurement {
        let throughput = try measureThroughput()
        let parts = try measureParts()
        let floor = DenseFloor()
        let denseSeconds = floor?.secondsPerImage(engine.network.denseProducts, timeSteps: timeSteps)
        let onCurrents = engine.network.denseProductsOnCurrents
        let currentsSeconds = onCurrents.isEmpty ? nil : floor?.secondsPerImage(onCurrents, timeSteps: timeSteps)
        let fixed = engine as? FixedEngine
        let bound = fixed.flatMap { AdditionBound.additionsPerSecond($0.kernels) }
        return EngineMeasurement(
            engine: engine.name, kernels: fixed?.kernels.name ?? "float", threads: threads, images: images.count * rounds * threads,
            timeSteps: timeSteps, secondsPerImage: throughput.secondsPerImage, imagesPerSecond: throughput.imagesPerSecond,
            activity: throughput.activity,
            neurons: engine.network.activity.neurons,
            denseOperations: engine.network.denseProducts.reduce(0) { $0 + $1.operations }, partSeconds: parts?.seconds ?? [:],
            partOperations: parts?.operations ?? [:],
            additionsPerSecondBound: bound, denseSeconds: denseSeconds, denseCurrentsSeconds: currentsSeconds,
            denseLibrary: floor.map { "OpenBLAS, \($0.core)" },
            workspaceBytes: throughput.workspaceBytes, weightBytes: fixed?.weightBytes)
    }

    private struct Throughput {
        var secondsPerImage: Double
        var imagesPerSecond: Double
        var activity: EngineMeasurement.Activity
        var workspaceBytes: Int?
    }

    /// All threads at once. A thread's time per image is the median of its own.
    private func measureThroughput() throws -> Throughput {
        let workspaces = try (0..<threads).map { _ in try engine.makeWorkspace(timeSteps: timeSteps) }
        let results = Results(threads: threads)
        let start = ContinuousClock.now
        do {
            let running = workspaces.enumerated().map { index, workspace in
                let own = UncheckedWorkspace(workspace)
                return NamedThread("bench-\(index)") {
                    results.set(index, Result { try Self.time(own.workspace, images, rounds: rounds) })
                }
            }
            for thread in running { thread.join() }
        }
        let wall = (ContinuousClock.now - start) / .seconds(1)
        let times = try results.all().flatMap { try $0.get().seconds }.sorted()
        guard let first = try results.all().first?.get() else { preconditionFailure("at least one thread") }
        return Throughput(
            secondsPerImage: times[times.count / 2], imagesPerSecond: Double(times.count) / wall, activity: first.activity,
            workspaceBytes: (workspaces[0] as? FixedWorkspace)?.bytes)
    }

    private static func time(_ workspace: any InferenceWorkspace, _ images: [[UInt8]], rounds: Int) throws -> ThreadTimes {
        var times = ThreadTimes()
        for round in 0..<rounds {
            for image in images {
                var inference: Inference?
                times.seconds.append(try Stopwatch.measure { inference = try workspace.infer(pixels: image) })
                if round == 0, let inference {
                    times.activity.images += 1
                    times.activity.spikes += inference.totalSpikes
                    times.activity.synapticOperations += inference.totalSynapticOperations
                }
            }
        }
        return times
    }

    /// Where one thread's time goes; nil for an engine that does not say.
    private func measureParts() throws -> (seconds: [PassPart: Double], operations: [PassPart: Double])? {
        guard let fixed = engine as? FixedEngine else { return nil }
        let clock = PartClock()
        let workspace = try fixed.makeFixedWorkspace(timeSteps: timeSteps, observer: clock)
        var operations: [PassPart: Double] = [:]
        for image in images {
            let inference = try workspace.infer(pixels: image)
            for (layer, counts) in inference.synapticOperations.enumerated() {
                operations[PassPart(engine.network.activity.layers[layer], in: engine.network), default: 0] += Double(counts.reduce(0, +))
            }
        }
        let count = Double(images.count)
        return (clock.seconds.mapValues { $0 / count }, operations.mapValues { $0 / count })
    }
}

private struct ThreadTimes: Sendable {
    var seconds: [Double] = []
    var activity = EngineMeasurement.Activity()
}

/// A workspace handed to the one thread that uses it.
private struct UncheckedWorkspace: @unchecked Sendable {
    let workspace: any InferenceWorkspace

    init(_ workspace: any InferenceWorkspace) { self.workspace = workspace }
}

/// One result of each thread.
private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Result<ThreadTimes, any Error>?]

    init(threads: Int) { results = Array(repeating: nil, count: threads) }

    func set(_ index: Int, _ result: Result<ThreadTimes, any Error>) { lock.withLock { results[index] = result } }
    func all() -> [Result<ThreadTimes, any Error>] { lock.withLock { results.compactMap { $0 } } }
}

/// Adds up the time between one part's beginning and the next.
private final class PartClock: PassObserver {
    private(set) var seconds: [PassPart: Double] = [:]
    private var current: PassPart?
    private var since = Stopwatch.seconds

    func begin(_ part: PassPart, layer: Int?) {
        finish()
        current = part
    }

    func end() {
        finish()
        current = nil
    }

    private func finish() {
        let now = Stopwatch.seconds
        if let current { seconds[current, default: 0] += now - since }
        since = now
    }
}
