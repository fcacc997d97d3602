internal import Diagnostics
internal import Postgres

/// What a worker says of itself when it starts.
package struct WorkerDescription: Sendable, Hashable {
    package var host: String
    package var processID: Int
    package var version: String
    package var instructionSet: String
    /// The kernels its engine runs on, by name.
    package var kernels: String?
    package var threads: Int

    package init(
        host: String, processID: Int, version: String, instructionSet: String, kernels: String? = nil, threads: Int
    ) {
        self.host = host
        self.processID = processID
        self.version = version
        self.instructionSet = instructionSet
        self.kernels = kernels
        self.threads = threads
    }
}

/// States of a worker.
package enum WorkerState: String, Sendable, Hashable, Codable {
    case running, draining, stopped
    /// It has not reported for so long that it is taken for dead. One that reports again is back.
    case gone
}

/// A worker as the list shows it.
package struct WorkerStatus: Sendable, Hashable, Codable {
    package var id: Int64
    package var host: String
    package var processID: Int
    package var version: String
    package var instructionSet: String
    package var kernels: String?
    package var threads: Int
    package var state: WorkerState
    /// What it computes, as RUN/SHARD.
    package var shards: [String]
    package var imagesPerSecond: Double
    package var startedAt: String
    package var lastHeartbeatAt: String
    package var secondsSinceHeartbeat: Double
    /// What keeps it from all or some work, in its own words.
    package var problem: String?

    enum CodingKeys: String, CodingKey {
        case id, host, version, kernels, threads, state, shards, problem
        case processID = "process_id"
        case instructionSet = "instruction_set"
        case imagesPerSecond = "images_per_second"
        case startedAt = "started_at"
        case lastHeartbeatAt = "last_heartbeat_at"
        case secondsSinceHeartbeat = "seconds_since_heartbeat"
    }

    /// Whether it reports.
    package var isPresent: Bool { state == .running || state == .draining }

    /// Workers that compute come before those that wait, and these before those that have ended.
    var rank: Int { isPresent ? (shards.isEmpty ? 1 : 0) : 2 }
}

/// Job messages that could not be read, since the last report.
package struct UndecodableMessages: Sendable, Hashable {
    package var count: Int
    /// Where the newest stands.
    package var source: String
    /// Why the newest could not be read.
    package var reason: String

    package init(count: Int, source: String, reason: String) {
        self.count = count
        self.source = source
        self.reason = reason
    }
}

extension ShardQueue {
    /// Seconds of silence after which a worker is taken for gone. The view `worker_status` has the same.
    package static let workerTimeout = 10.0

    /// Enters a worker and returns its number.
    package func register(_ worker: WorkerDescription) throws -> Int64 {
        let inserted = try rows(
            """
            INSERT INTO workers (host, process_id, version, instruction_set, kernels, threads) VALUES ($1, $2, $3, $4, $5, $6)
            RETURNING worker_id
            """,
            [
                .text(worker.host), .int(worker.processID), .text(worker.version), .text(worker.instructionSet),
                .text(orNull: worker.kernels), .int(worker.threads),
            ])
        return try inserted.single().int64("worker_id")
    }

    /// Says that a worker is alive, in which state, and how fast.
    /// - Parameters:
    ///   - problem: what the worker lacks, for a person.
    ///   - canWork: whether it claims anything.
    ///   - unfitDataSets: data sets that surely are not whole on its machine.
    /// - Returns: whether somebody asked it to drain.
    @discardableResult
    package func heartbeat(
        worker: Int64, state: WorkerState, imagesPerSecond: Double, problem: String? = nil, canWork: Bool = true,
        unfitDataSets: [Int64] = []
    ) throws -> Bool {
        let updated = try rows(
            """
            UPDATE workers SET state = $2, images_per_second = $3, last_heartbeat_at = clock_timestamp(), problem = $4, can_work = $5,
                   unfit_datasets = $6
            WHERE worker_id = $1
            RETURNING drain_requested, set_config('synchronous_commit', 'off', true) AS commit
            """,
            [
                .int64(worker), .text(state.rawValue), .float64(imagesPerSecond), .text(orNull: problem), .bool(canWork),
                .int64Array(unfitDataSets),
            ])
        return try updated.first?.bool("drain_requested") ?? false
    }

    /// What present workers say that they lack, by number.
    package func workerProblems() throws -> [(id: Int64, problem: String)] {
        try rows(
            "SELECT worker_id, problem FROM worker_status WHERE state IN ('running', 'draining') AND problem IS NOT NULL ORDER BY worker_id"
        ).map { (try $0.int64("worker_id"), try $0.text("problem")) }
    }

    /// Workers by number.
    /// - Parameter all: also those that stopped or are gone since more than a day.
    package func workers(all: Bool = false) throws -> [WorkerStatus] {
        try rows(
            """
            SELECT \(Self.workerColumns)
            FROM worker_status WHERE $1 OR state IN ('running', 'draining') OR seconds_since_heartbeat < 86400 ORDER BY worker_id
            """, [.bool(all)]
        ).map(workerStatus)
    }

    /// What ``workerStatus(_:)`` reads of the view `worker_status`.
    static var workerColumns: String {
        """
        worker_id, host, process_id, version, instruction_set, kernels, threads, state, shards, images_per_second,
        \(time("started_at")) AS started_at, \(time("last_heartbeat_at")) AS last_heartbeat_at, seconds_since_heartbeat, problem
        """
    }

    func workerStatus(_ row: PostgresRow) throws -> WorkerStatus {
        let state = WorkerState(rawValue: try row.text("state")) ?? .gone
        return WorkerStatus(
            id: try row.int64("worker_id"), host: try row.text("host"), processID: try row.int("process_id"),
            version: try row.text("version"), instructionSet: try row.text("instruction_set"),
            kernels: try row.textIfPresent("kernels"), threads: try row.int("threads"), state: state,
            shards: try row.text("shards").split(separator: " ").map(String.init),
            imagesPerSecond: state == .running || state == .draining ? try row.double("images_per_second") : 0,
            startedAt: try row.text("started_at"), lastHeartbeatAt: try row.text("last_heartbeat_at"),
            secondsSinceHeartbeat: try row.double("seconds_since_heartbeat"), problem: try row.textIfPresent("problem"))
    }

    /// Asks a worker to finish what it has and end.
    /// - Throws: `store.not_found`; `worker.state` where it has ended.
    package func requestDrain(of worker: Int64) throws {
        let asked = try execute(
            "UPDATE workers SET drain_requested = true WHERE worker_id = $1 AND state IN ('running', 'draining')", [.int64(worker)])
        guard asked == 0 else { return }
        guard let state = try rows("SELECT state FROM workers WHERE worker_id = $1", [.int64(worker)]).first?.text("state") else {
            throw Failure(.notFound, "there is no worker \(worker)", remedy: "`evalctl worker list` shows the workers")
        }
        throw Failure(Failure.Code("worker.state"), "worker \(worker) is \(state) and cannot be drained")
    }

    /// Marks workers that have been silent for too long, and returns those marked just now.
    package func markGone(graceAfterStart: Double = ShardQueue.graceAfterStart) throws -> [(id: Int64, host: String)] {
        try rows(
            """
            UPDATE workers SET state = 'gone'
            WHERE state IN ('running', 'draining') AND last_heartbeat_at < clock_timestamp() - $1 * interval '1 second'
              AND \(Self.isPast(grace: "$2"))
            RETURNING worker_id, host
            """, [.float64(Self.workerTimeout), .float64(graceAfterStart)]
        ).map { (try $0.int64("worker_id"), try $0.text("host")) }.sorted { $0.0 < $1.0 }
    }

    /// States and hosts of the workers above `known`, and of those in `watched`.
    package func workerStates(above known: Int64, watched: [Int64]) throws -> [(id: Int64, host: String, state: WorkerState)] {
        try rows(
            "SELECT worker_id, host, state FROM workers WHERE worker_id > $1 OR worker_id = ANY ($2) ORDER BY worker_id",
            [.int64(known), .int64Array(watched)]
        ).map { (try $0.int64("worker_id"), try $0.text("host"), WorkerState(rawValue: try $0.text("state")) ?? .gone) }
    }

    /// Keeps that job messages could not be read, in one row.
    package func recordUndecodable(_ undecodable: UndecodableMessages, worker: Int64) throws {
        try execute(
            "INSERT INTO message_failures (source, messages, message, worker_id) VALUES ($1, $2, $3, $4)",
            [.text(undecodable.source), .int(undecodable.count), .text(undecodable.reason), .int64(worker)])
    }

    /// Forgets all but the newest thousand rows of job messages that could not be read, and those of more than a month ago.
    package func pruneUndecodable() throws {
        try execute("SELECT remove_old_message_failures()")
    }

    /// Removes workers that ended or vanished more than so many days ago, and that no run's shards, attempts or failures name.
    /// - Returns: how many there were.
    package func removeOldWorkers(days: Int = 30) throws -> Int {
        try rows("SELECT remove_old_workers($1) AS removed", [.int(days)]).single().int("removed")
    }
}
