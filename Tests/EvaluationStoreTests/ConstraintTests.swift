import Diagnostics
import Postgres
import TestSupport
import Testing

/// The database itself refuses states that nothing in the programs leaves: a row that lies is found where it is written.
@Suite(.requiresPostgres) struct ConstraintTests {
    /// Shard 0 is running with a lease, shard 1 is pending, shard 2 is done.
    private func withRun(_ body: (PostgresConnection) throws -> Void) throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 3, size: 1)
            let worker = try fixture.worker()
            let connection = try PostgresConnection(fixture.address)
            _ = try fixture.claimNext(of: run, worker: worker)
            try connection.executeScript("UPDATE shards SET state = 'done', finished_at = now(), worker_id = \(worker) WHERE shard = 2")
            try body(connection)
        }
    }

    @Test(arguments: [
        "UPDATE runs SET state = 'finished'", "UPDATE runs SET state = 'cancelled'", "UPDATE runs SET finished_at = now()",
        "UPDATE runs SET state = 'lost'", "UPDATE shards SET state = 'dead' WHERE shard = 1",
        "UPDATE shards SET state = 'running' WHERE shard = 1", "UPDATE shards SET finished_at = now() WHERE shard = 1",
        "UPDATE shards SET lease_token = gen_random_uuid() WHERE shard = 1", "UPDATE shards SET state = 'pending' WHERE shard = 0",
        "UPDATE shards SET lease_token = NULL WHERE shard = 0", "UPDATE shards SET lease_expires_at = NULL WHERE shard = 0",
        "UPDATE shards SET worker_id = NULL WHERE shard = 0", "UPDATE shards SET backup_token = gen_random_uuid() WHERE shard = 0",
        "UPDATE shards SET backup_token = gen_random_uuid(), backup_worker_id = 1, backup_expires_at = now() WHERE shard = 1",
        "UPDATE shards SET finished_at = NULL WHERE shard = 2", "UPDATE shards SET state = 'pending', finished_at = NULL WHERE shard = 2",
        "UPDATE shards SET image_count = 0 WHERE shard = 1", "UPDATE shards SET state = 'waiting' WHERE shard = 1",
    ])
    func `a state comes with its lease and its end, or not at all`(change: String) throws {
        try withRun { connection in
            let refusal = #expect(throws: Failure.self) { try connection.executeScript(change) }
            #expect(refusal?.code == .databaseCheckViolation)
        }
    }

    @Test(arguments: [
        "UPDATE runs SET state = 'finished', finished_at = now()",
        "UPDATE shards SET state = 'pending', lease_token = NULL, lease_expires_at = NULL WHERE shard = 0",
        "UPDATE shards SET backup_token = gen_random_uuid(), backup_worker_id = 1, backup_expires_at = now() WHERE shard = 0",
        "UPDATE shards SET state = 'dead', finished_at = now() WHERE shard = 1",
    ])
    func `what belongs together is taken`(change: String) throws {
        try withRun { try $0.executeScript(change) }
    }
}
