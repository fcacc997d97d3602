import Evaluation
import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

/// Everything that the programs do with the database, through a connection pool with fewer connections than there are clients.
@Suite(.requiresPostgres, .requiresPgBouncer) struct PoolTests {
    struct Setting: CustomTestStringConvertible, Sendable {
        var mode: String
        var prepares: Bool?
        var testDescription: String { "\(mode), prepared statements \(prepares.map { $0 ? "on" : "off" } ?? "as the pool allows")" }
    }

    @Test(arguments: [
        Setting(mode: "transaction"), Setting(mode: "transaction", prepares: false), Setting(mode: "session", prepares: true),
        Setting(mode: "session", prepares: false), Setting(mode: "session"),
    ])
    func `a run is delivered and one coordinator leads through a pool`(setting: Setting) throws {
        try TestDatabase.withDatabase { address in
            // A session has a connection of its own as long as it lasts; transactions share two.
            let pool = try PgBouncer(address, mode: setting.mode, size: setting.mode == "session" ? 8 : 2)
            var options = ConnectionOptions()
            options.preparesStatements = setting.prepares
            func store() -> EvaluationStore { EvaluationStore(session: PostgresSession(pool.address, options: options)) }
            let migrating = try PostgresConnection(pool.address, options: options)
            #expect(migrating.isPooled)
            #expect(try MigrationRunner().migrate(migrating).count == Migration.embedded.count)
            migrating.close()
            let stores = (0..<6).map { _ in store() }
            let fixture = StoreFixture(store: stores[0], address: pool.address)
            let run = try fixture.submit(images: 60, size: 2)
            let attempts = try fixture.publish(run)
            #expect(attempts.count == 30)
            let worker = try fixture.worker()
            // Each client in turn, so that statements of one meet the server sessions of the others.
            for (index, attempt) in attempts.enumerated() {
                let client = stores[index % stores.count]
                let lease = try #require(try client.queue.claim(attempt, worker: worker, leaseSeconds: 30))
                #expect(try stores[(index + 1) % stores.count].queue.renew([lease], seconds: 30) == [.held])
                try stores[(index + 2) % stores.count].queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            }
            #expect(try stores[3].queue.finishRuns() == [run])
            #expect(try stores[4].answers.report(run).images.evaluated == 60)
            #expect(try stores[5].answers.digest(of: run).count == 64)

            let (first, second) = (stores[1], stores[2])
            let one = try first.queue.registerCoordinator(host: "a", processID: 1, version: "test")
            let two = try second.queue.registerCoordinator(host: "b", processID: 2, version: "test")
            for _ in 0..<5 {
                #expect(try first.queue.lead(coordinator: one) == 1)
                #expect(try second.queue.lead(coordinator: two) == nil)
            }
            try PostgresConnection(address).executeScript("UPDATE leadership SET expires_at = now() - interval '1 second'")
            for _ in 0..<5 {
                #expect(try second.queue.lead(coordinator: two) == 2)
                #expect(try first.queue.lead(coordinator: one) == nil)
            }
        }
    }

    @Test func `settings of one client of a pool are not those of another`() throws {
        try TestDatabase.withDatabase { address in
            let pool = try PgBouncer(address, mode: "transaction", size: 1)
            var hasty = ConnectionOptions()
            hasty.statementTimeout = .milliseconds(50)
            let first = try PostgresConnection(pool.address, options: hasty)
            #expect(throws: (any Error).self) { try first.transaction { try $0.execute("SELECT pg_sleep(1)::text") } }
            let second = try PostgresConnection(pool.address)
            #expect(throws: Never.self) { try second.execute("SELECT pg_sleep(0.1)::text") }
        }
    }
}
