internal import Evaluation
internal import Telemetry

/// What a worker counts. Images, spikes and phases are counted when their shard is stored, so that the sums over all workers are the rows'.
struct WorkerMetrics: Sendable {
    let claims: Counter
    let claimTime: Histogram
    let undecodable: Counter
    let renewals: Counter
    let lostLeases: Counter
    let shards: Counter
    let failedAttempts: Counter
    let images: Counter
    let imageFailures: Counter
    let spikes: Counter
    let synapticOperations: Counter
    let phases: Histogram
    let databaseWaits: Counter
    let unknownFailures: Counter
    let fit: Gauge
    let threads: Gauge

    init(_ registry: MetricsRegistry) {
        claims = registry.counter(
            "evalctl_claims_total", "Job messages that a claim was tried for, by whether it was granted.", labels: ["outcome"])
        claimTime = registry.histogram("evalctl_claim_seconds", "From a job message in hand to the database's answer.")
        undecodable = registry.counter("evalctl_undecodable_messages_total", "Job messages that could not be read, and were skipped.")
        renewals = registry.counter("evalctl_lease_renewals_total", "Leases renewed.")
        lostLeases = registry.counter(
            "evalctl_lost_leases_total", "Leases that were cancelled, or ran out and went to another worker, before their shard was stored."
        )
        shards = registry.counter("evalctl_shards_total", "Shards whose work ended here, by how.", labels: ["outcome"])
        failedAttempts = registry.counter(
            "evalctl_failed_attempts_total", "Attempts that failed here as a whole, by the failure's class.", labels: ["class"])
        images = registry.counter("evalctl_images_total", "Images whose predictions were stored.")
        imageFailures = registry.counter(
            "evalctl_image_failures_total", "Images that were stored as failures, by the failure's code.", labels: ["code"])
        spikes = registry.counter("evalctl_spikes_total", "Spikes of the images stored.")
        synapticOperations = registry.counter("evalctl_synaptic_operations_total", "Synaptic operations of the images stored.")
        phases = registry.histogram(
            "evalctl_phase_seconds",
            "Time by phase: decode, preprocess and inference of each image stored; fetch (a shard's list of images) and store of each shard.",
            labels: ["phase"])
        databaseWaits = registry.counter("evalctl_database_waits_total", "Times that a shard waited for a database that was away.")
        unknownFailures = registry.counter(
            "evalctl_unknown_failures_total", "Failures with a code that nobody has classed, by code. Each is worth a report.",
            labels: ["code"])
        fit = registry.gauge("evalctl_worker_fit", "1 where nothing keeps the worker from claiming shards.")
        threads = registry.gauge("evalctl_worker_threads", "Threads that compute shards, by whether they have one.", labels: ["state"])
        claims.declare(["granted", "refused"])
        shards.declare(["stored", "taken_away", "handed_back", "failed"])
        failedAttempts.declare(FailureClass.allCases.map(\.rawValue))
        phases.declare(["decode", "preprocess", "inference", "fetch", "store"])
    }

    func noteTakenAway() {
        shards.add(1, "taken_away")
        lostLeases.add()
    }

    func noteStored(_ result: ShardResult, in duration: Duration) {
        shards.add(1, "stored")
        images.add(result.predictions.count)
        phases.observe(duration, "store")
        var spikeSum = 0
        var operations = 0
        for prediction in result.predictions {
            spikeSum += prediction.spikesByTimeStep.reduce(0, +)
            operations += prediction.synapticOperationsByTimeStep.reduce(0, +)
            phases.observe(.microseconds(prediction.latency.decode), "decode")
            phases.observe(.microseconds(prediction.latency.preprocess), "preprocess")
            phases.observe(.microseconds(prediction.latency.inference), "inference")
        }
        spikes.add(spikeSum)
        synapticOperations.add(operations)
        for failure in result.failures { imageFailures.add(1, failure.code) }
    }
}
