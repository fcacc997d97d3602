/// How a connection behaves; the address says where it goes.
///
/// A parameter that the address gives itself (`connect_timeout`, `keepalives_idle`, `application_name`, ...) wins over these.
package struct ConnectionOptions: Sendable {
    /// What `pg_stat_activity.application_name` shows.
    package var applicationName: String
    /// Longest time for making the connection.
    package var connectTimeout: Duration = .seconds(10)
    /// The server cancels a statement after this time; `nil` for no limit.
    package var statementTimeout: Duration? = .seconds(60)
    /// The server gives up waiting for a lock after this time.
    package var lockTimeout: Duration = .seconds(30)
    /// The server ends a session that idles inside a transaction for this time, so that a hung program keeps no locks.
    package var idleInTransactionTimeout: Duration = .seconds(120)
    /// A TCP connection whose peer does not acknowledge for this time is broken.
    package var tcpUserTimeout: Duration = .seconds(30)
    /// The server ends the session of a client that it has not heard of for about this time, so that one that was cut off keeps no
    /// locks. It has no effect on Unix sockets.
    package var deadClientTimeout: Duration = .seconds(12)

    package init(applicationName: String = "evalctl") {
        self.applicationName = applicationName
    }

    /// Whether statements are prepared on the server; `nil` for what the environment says, else unless a pool stands between.
    package var preparesStatements: Bool?

    /// How much longer than `statementTimeout` the client waits, so that the server's own message can arrive.
    package var answerGrace: Duration = .seconds(15)

    /// Longest wait for an answer; `nil` for no limit.
    var answerTimeout: Duration? { statementTimeout.map { $0 + answerGrace } }
}
