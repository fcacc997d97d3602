package import Diagnostics
package import Postgres
package import Transport

/// What a coordinator needs to know. Times are seconds.
package struct CoordinatorConfiguration: Sendable {
    package var transport: any JobTransport
    package var database: DatabaseAddress
    /// Version of this program.
    package var version: String
    package var clock = SteadyClock.system
    /// Between two polls of the database.
    package var intervalSeconds = 0.1
    /// Between two polls while idle: no run is running and no shard is out. A run that is made or steered is noticed at once.
    package var idleIntervalSeconds = 15.0
    /// Between two polls while shards are so small that the window drains faster.
    package var busyIntervalSeconds = 0.02
    /// A worker silent for so long has no slots to fill.
    package var workerTimeoutSeconds: Double = 5
    /// Between two queries of how long a run's shards take, near its end.
    package var stragglerCheckSeconds: Double = 2

    package init(transport: any JobTransport, database: DatabaseAddress, version: String) {
        self.transport = transport
        self.database = database
        self.version = version
    }
}
