internal import Postgres

/// What a worker says of itself when it starts.
package struct WorkerDescription: Sendable, Hashable {
    package var host: String
    package var processID: Int
    package var version: String
    package var instructionSet: String
    package var threads: Int

    package init(host: String, processID: Int, version: String, instructionSet: String, threads: Int) {
        self.host = host
        self.processID = processID
        self.version = version
        self.instructionSet = instructionSet
        self.threads = threads
    }
}

/// States of a worker.
package enum WorkerState: String, Sendable, Hashable {
    case running, draining, stopped
}

extension EvaluationStore {
    /// Enters a worker and returns its number.
    package func register(_ worker: WorkerDescription) throws -> Int64 {
        let inserted = try rows(
            """
            INSERT INTO workers (host, process_id, version, instruction_set, threads) VALUES ($1, $2, $3, $4, $5) RETURNING worker_id
            """,
            [
                .text(worker.host), .int(worker.processID), .text(worker.version), .text(worker.instructionSet), .int(worker.threads),
            ])
        return try inserted.first?.int64("worker_id") ?? 0
    }

    /// Says that a worker is alive, in which state, and how fast.
    package func heartbeat(worker: Int64, state: WorkerState, imagesPerSecond: Double) throws {
        try execute(
            "UPDATE workers SET state = $2, images_per_second = $3, last_heartbeat_at = clock_timestamp() WHERE worker_id = $1",
            [.int64(worker), .text(state.rawValue), .float64(imagesPerSecond)])
    }

    /// Keeps a job message that could not be read, once.
    package func recordUndecodable(
        topic: String, partition: Int, offset: Int64, message: String, worker: Int64
    ) throws {
        try execute(
            """
            INSERT INTO message_failures (topic, kafka_partition, kafka_offset, message, worker_id) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING
            """, [.text(topic), .int(partition), .int64(offset), .text(message), .int64(worker)])
    }
}
