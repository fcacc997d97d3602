/// Something that a worker may try to claim.
package enum JobOffer: Sendable, Hashable {
    /// This very job. Other workers may have been offered it too.
    case named(JobMessage)
    /// Whichever job the database gives out next.
    case next
}

/// Who claims, and what for.
package struct ClaimRequest: Sendable, Hashable {
    package var worker: Int64
    /// UUID that the lease is to have, made by the worker: where the answer to a claim is lost, it can ask what became of it.
    package var token: String
    /// How long the claim lasts without being renewed, by the database's clock.
    package var leaseSeconds: Double
    /// Data sets that the worker lacks something of.
    package var unfitDataSets: [Int64] = []
    /// Models that the worker lacks something of.
    package var unfitModels: [Int64] = []
    /// Runs that the worker has too little memory for.
    package var unfitRuns: [RunID] = []
    /// Whether a shard may be given that a worker was lost with before.
    package var takesSuspects = true

    /// Whether the worker would take any job.
    package var takesEverything: Bool { unfitDataSets.isEmpty && unfitModels.isEmpty && unfitRuns.isEmpty && takesSuspects }

    package init(worker: Int64, token: String, leaseSeconds: Double) {
        self.worker = worker
        self.token = token
        self.leaseSeconds = leaseSeconds
    }
}
