import Evaluation
import EvaluationStore
import Foundation
import Postgres
import TestSupport

/// A migrated database with one model, one data set and, on request, a run.
struct StoreFixture {
    let store: EvaluationStore
    let address: DatabaseAddress

    static func withStore<Result>(_ body: (StoreFixture) throws -> Result) throws -> Result {
        try TestDatabase.withDatabase(
            template: "migrated", prepare: { _ = try MigrationRunner().migrate(try PostgresConnection($0)) }
        ) { address in
            let session = PostgresSession(address)
            defer { session.close() }
            return try body(StoreFixture(store: EvaluationStore(session: session), address: address))
        }
    }

    /// Makes a run of `images` images in shards of `size`.
    func submit(images: Int = 10, size: Int = 4, maxAttempts: Int = 4) throws -> RunID {
        let model = try store.catalogue.addModel(
            StoredModel(
                name: "m", sha256: String(repeating: "ab", count: 32), format: "torch", bytes: 3, architecture: "{}", parameters: 7,
                paperName: nil),
            layers: [StoredLayer(name: "lif", isLIF: true, neurons: 100), StoredLayer(name: "linear", isLIF: false, neurons: 10)]
        ) { $0 == 0 ? [1, 2, 3] : nil }
        let dataset = try store.catalogue.addDataSet(
            StoredDataSet(
                name: "d", root: "/images", labels: "folders", images: images, classes: 2,
                manifestSHA256: String(repeating: "cd", count: 32)),
            classNames: ["cat", "dog"],
            images: (0..<images).map {
                StoredImage(ordinal: $0, path: "cat/\($0).jpg", label: $0 % 2, bytes: 5, sha256: [UInt8](repeating: 1, count: 32))
            })
        return try store.queue.submit(
            RunSpecification(
                modelID: model.id, datasetID: dataset.id, timeSteps: 2, engine: "float", preprocessing: "p", pixelLimit: 1000,
                version: "test"),
            plan: RunPlan(shardSize: size, maxAttempts: maxAttempts), images: images)
    }

    /// Publishes up to `limit` due shards.
    func publish(_ run: RunID, limit: Int = 100) throws -> [ShardAttempt] {
        try store.queue.publish(run: run, count: limit).map(\.attempt)
    }

    /// Publishes and claims the lowest due shard.
    func claimNext(of run: RunID, worker: Int64, leaseSeconds: Double = 30) throws -> Lease? {
        guard let attempt = try publish(run, limit: 1).first else { return nil }
        return try store.queue.claim(attempt, worker: worker, leaseSeconds: leaseSeconds)
    }

    /// Lets a lease run out, as time would.
    func expire(_ lease: Lease) throws {
        let token = lease.isBackup ? "backup" : "lease"
        try PostgresConnection(address).execute(
            """
            UPDATE shards SET \(token)_expires_at = '-infinity' WHERE run_id = $1 AND shard = $2 AND \(token)_token = $3::text::uuid
            """, [.int64(lease.attempt.run.rawValue), .int(lease.attempt.shard), .text(lease.token)])
    }

    /// A policy that lets nothing wait.
    static func policy() -> AttemptPolicy { AttemptPolicy(backoff: AttemptBackoff(firstDelay: 0, maximumDelay: 0)) }

    func worker() throws -> Int64 {
        try store.queue.register(
            WorkerDescription(host: "h", processID: 1, version: "test", instructionSet: "x86-64", threads: 2))
    }

    /// Rows as a worker makes them: every image is taken for a cat.
    static func result(for lease: Lease, failing: Set<Int> = []) -> ShardResult {
        ShardResult(
            predictions: lease.range.ordinals.filter { !failing.contains($0) }.map { ordinal in
                Prediction(
                    ordinal: ordinal, label: ordinal % 2, top5: [0, 1], scores: [2.5, 1], topByTimeStep: [1, 0],
                    labelRankByTimeStep: [1 - ordinal % 2, ordinal % 2], marginByTimeStep: [0.5, 1.5], spikesByTimeStep: [10, 20],
                    synapticOperationsByTimeStep: [100, 200], latency: Latency(decode: 1, preprocess: 2, inference: 3 + ordinal, total: 9))
            },
            activity: ShardActivity(
                images: lease.range.imageCount, counts: [10, 10, 100, 100].map { $0 * lease.range.imageCount },
                effective: [90, 90].map { $0 * lease.range.imageCount }),
            failures: failing.filter { lease.range.ordinals.contains($0) }.sorted().map {
                ImageFailure(ordinal: $0, code: "image.truncated", message: "cat/\($0).jpg is cut short")
            })
    }
}

extension ShardQueue {
    /// Claims a job under a token of its own.
    func claim(_ job: JobMessage, worker: Int64, leaseSeconds: Double) throws -> Lease? {
        try claim(.named(job), .test(worker, leaseSeconds: leaseSeconds))
    }

    func claim(_ attempt: ShardAttempt, worker: Int64, leaseSeconds: Double) throws -> Lease? {
        try claim(JobMessage(attempt), worker: worker, leaseSeconds: leaseSeconds)
    }
}

extension ClaimRequest {
    static func test(_ worker: Int64, leaseSeconds: Double = 30) -> ClaimRequest {
        ClaimRequest(worker: worker, token: UUID().uuidString.lowercased(), leaseSeconds: leaseSeconds)
    }
}
