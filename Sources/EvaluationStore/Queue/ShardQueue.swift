package import Postgres

/// Runs, shards and who works on them: claims, leases, publishing, rescue, steering, ending.
package struct ShardQueue: SQLSession {
    package let session: PostgresSession
}
