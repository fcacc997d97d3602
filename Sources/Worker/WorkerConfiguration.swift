package import Diagnostics
package import Engine
package import Postgres
package import Transport

/// What a worker needs to know. Times are seconds.
package struct WorkerConfiguration: Sendable {
    package var transport: any JobTransport
    package var database: DatabaseAddress
    /// Shards computed at the same time, one thread each.
    package var threads: Int
    /// How long a claim lasts without being renewed.
    package var leaseSeconds = Self.defaultLeaseSeconds
    /// How long a worker that is told to stop goes on with the shards it has.
    package var drainSeconds = Self.defaultDrainSeconds
    /// A shard that finishes no image for so long is taken for hung: its lease is left to expire.
    package var stallSeconds = Self.defaultStallSeconds
    /// Bytes that the threads' work on a run may take together.
    package var memoryLimit = MachineMemory.bytes
    /// Folder where checkpoints are kept by their hash.
    package var cacheDirectory: String
    /// Where data sets lie on this machine, by name, where that is not where they were added.
    package var dataSetRoots: [String: String] = [:]
    /// Engines besides the product's own, by name, that answer from an image's hash instead of its pixels: for measuring everything around them.
    package var hashEngines: [String: @Sendable () throws -> any InferenceEngine] = [:]
    /// File that the times of all claims are written to at the end, as JSON; nil for none.
    package var claimTimesFile: String?
    package var clock = SteadyClock.system
    /// Version of this program.
    package var version: String

    package static let defaultLeaseSeconds = 30.0
    package static let defaultDrainSeconds = 30.0
    package static let defaultStallSeconds = 600.0

    package init(
        transport: any JobTransport, database: DatabaseAddress, threads: Int, cacheDirectory: String, version: String
    ) {
        self.transport = transport
        self.database = database
        self.threads = threads
        self.cacheDirectory = cacheDirectory
        self.version = version
    }
}
