import Diagnostics
import Dispatch
import Engine
import Evaluation
import EvaluationStore
import Foundation
import Logging
import Networks
import NoWork
import Postgres
import Synchronization
import Telemetry
import TestSupport
import Testing
import Transport
import Worker

/// A network of no work that hangs in the first image it is given, until it is released.
private struct HangingEngine: InferenceEngine {
    final class Hang: Sendable {
        private let isTaken = Mutex(false)
        private let gate = DispatchSemaphore(value: 0)

        func pass() {
            let isFirst = isTaken.withLock { taken in
                defer { taken = true }
                return !taken
            }
            if isFirst { gate.wait() }
        }

        func release() { gate.signal() }
    }

    let engine: NoWorkEngine
    let hang: Hang
    var name: String { engine.name }
    var network: Network { engine.network }

    func memory(timeSteps: Int, isTracing: Bool) -> EngineMemory { engine.memory(timeSteps: timeSteps, isTracing: isTracing) }

    func makeWorkspace(timeSteps: Int, isTracing: Bool) throws -> any InferenceWorkspace {
        Workspace(inner: try engine.makeWorkspace(timeSteps: timeSteps, isTracing: isTracing), hang: hang)
    }

    private final class Workspace: InferenceWorkspace {
        let inner: any InferenceWorkspace
        let hang: Hang

        init(inner: any InferenceWorkspace, hang: Hang) {
            self.inner = inner
            self.hang = hang
        }

        var activity: ActivityRecorder { inner.activity }

        func infer(pixels: [UInt8]) throws -> Inference {
            hang.pass()
            return try inner.infer(pixels: pixels)
        }

        func infer(normalized: [Float]) throws -> Inference { try inner.infer(normalized: normalized) }
    }
}

/// Workers in this process, on jobs that travel through the database.
@Suite(.requiresPostgres) struct HangingImageTests {
    private static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    @Test func `a hanging image idles its thread alone, and the worker ends all the same`() throws {
        try TestDatabase.withDatabase(
            template: "worker", prepare: { _ = try MigrationRunner().migrate(try PostgresConnection($0)) }
        ) { address in
            let store = EvaluationStore(session: PostgresSession(address))
            let run = try NoWorkRuns(store: store, images: 12, version: "test").submit(shardSize: 1)
            let cache = FileManager.default.temporaryDirectory.appending(path: "evalctl-test-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: cache) }
            let hang = HangingEngine.Hang()
            defer { hang.release() }
            var configuration = WorkerConfiguration(
                transport: PostgresTransport(), database: address, threads: 2, cacheDirectory: cache, version: "test")
            configuration.stallSeconds = 1
            configuration.drainSeconds = 1
            configuration.hashEngines = [
                NoWorkEngine.engineName: {
                    HangingEngine(engine: NoWorkEngine(network: try NoWorkEngine.layersNetwork()), hang: hang)
                }
            ]
            let worker = Worker(configuration, logger: Self.quiet, metrics: MetricsRegistry(), pulses: LoopPulses())
            let thread = NamedThread("worker") { try? worker.run() }
            #expect(try store.queue.publish(run: run, count: 20).count == 12)
            try store.queue.wakeWorkers()
            let policy = AttemptPolicy(backoff: AttemptBackoff(firstDelay: 0, maximumDelay: 0))
            try wait { try store.queue.progress(run).first?.imagesDone == 11 }
            // The shard that hangs goes back, and the other thread has it.
            try wait {
                _ = try store.queue.rescue(policy: policy)
                _ = try store.queue.publish(run: run, count: 20)
                try store.queue.wakeWorkers()
                return try store.queue.progress(run).first?.imagesDone == 12
            }
            worker.drain()
            #expect(thread.join(until: Deadline(in: .seconds(30))))
        }
    }

    private func wait(_ isDone: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try !isDone() {
            try #require(.now < deadline)
            usleep(20_000)
        }
    }
}
