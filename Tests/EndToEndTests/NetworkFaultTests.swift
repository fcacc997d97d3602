import Diagnostics
import Evaluation
import EvaluationStore
import Foundation
import Kafka
import KafkaMock
import Logging
import Postgres
import TestSupport
import Testing

/// Workers and coordinators on hosts of their own, whose links to the database or the broker are cut and mended.
@Suite(.requiresPostgres, .requiresNetworkNamespaces, .serialized) struct NetworkFaultTests {
    /// The services, a host of its own, and the demo as a data set of 400 images.
    private final class Site {
        let folder: URL
        let host: WorkerHost
        let broker: MockBroker
        let local: DatabaseAddress
        private let cluster: EmbeddedCluster
        private var programs: [Program] = []

        /// Accounts that log in over the network, each with the rights of one role.
        private static let password = "only-for-this-test"

        init(_ number: Int, in folder: URL) throws {
            self.folder = folder
            WorkerHost.removeAbandoned()
            host = try WorkerHost(number, in: folder)
            do {
                try host.create()
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                broker = try MockBroker(topics: JobTopics().descriptions(partitions: 8), logger: logger)
                try broker.openGroup(JobTopics().workerGroup)
                try host.forward(broker.bootstrapServers)
                cluster = EmbeddedCluster(
                    directory: folder.appending(path: "postgres").path, durability: .throwaway,
                    settings: ["listen_addresses": host.databaseAddress])
                local = try cluster.start()
            } catch {
                host.remove()
                throw error
            }
        }

        func prepare() throws {
            let connection = try PostgresConnection(local)
            _ = try MigrationRunner().migrate(connection)
            for (account, role) in [("far_worker", "evalctl_worker"), ("far_coordinator", "evalctl_coordinator")] {
                try connection.executeScript("CREATE ROLE \(account) LOGIN PASSWORD '\(Self.password)' IN ROLE \(role)")
            }
            let access = folder.appending(path: "postgres/data/pg_hba.conf")
            let rules = try String(contentsOf: access, encoding: .utf8) + "host all all \(host.ownAddress)/32 scram-sha-256\n"
            let handle = try FileHandle(forWritingTo: access)
            try handle.write(contentsOf: Data(rules.utf8))
            try handle.close()
            try connection.executeScript("SELECT pg_reload_conf()")
            let images = folder.appending(path: "images")
            try Program.copyDemoImages(perClass: 20, to: images)
            for arguments in [["model", "add", "demo", Program.demoModel], ["dataset", "add", "val", "--root", images.path]] {
                let outcome = try evalctl(arguments)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
        }

        private var common: [String] {
            var common = ["--kafka", broker.bootstrapServers, "--log-level", "info"]
            for (name, value) in MockBroker.clientProperties { common += ["--kafka-property", "\(name)=\(value)"] }
            return common
        }

        private func arguments(of program: String) -> [String] {
            guard program == "eval-worker" else { return common }
            return common + [
                "--threads", "1", "--lease-seconds", "2", "--drain-seconds", "2", "--cache-dir", folder.appending(path: "cache").path,
            ]
        }

        /// Starts a program on this machine.
        func startNear(_ program: String) throws -> Program {
            let started = try Program(
                program, arguments(of: program), environment: ["EVALCTL_DATABASE": local.exposedURI], in: folder)
            programs.append(started)
            return started
        }

        /// Starts a program on the host of its own; it logs in over the network.
        func startFar(_ program: String) throws -> Program {
            let account = program == "eval-worker" ? "far_worker" : "far_coordinator"
            let uri =
                "postgresql://\(account):\(Self.password)@\(host.databaseAddress):5432/evalctl?tcp_user_timeout=4000&connect_timeout=3&sslmode=disable"
            let started = try host.start(program, arguments(of: program), environment: ["EVALCTL_DATABASE": uri])
            programs.append(started)
            return started
        }

        func evalctl(_ arguments: [String]) throws -> Program.Outcome {
            try Program("evalctl", arguments, environment: ["EVALCTL_DATABASE": local.exposedURI], in: folder).wait()
        }

        func submit(shardSize: Int = 5) throws -> RunID {
            let outcome = try evalctl(["submit", "--dataset", "val", "--model", "demo", "--new", "--shard-size", "\(shardSize)"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            return RunID(try #require(Int64(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines))))
        }

        /// A number that the database answers.
        func number(_ sql: String, _ parameters: [PostgresValue] = []) throws -> Int {
            try PostgresConnection(local).execute(sql, parameters).first?.int("number") ?? -1
        }

        /// Shards of a run that a worker has stored.
        func storedShards(of run: RunID, by worker: Program) throws -> Int {
            try number(
                """
                SELECT count(*) AS number FROM shards JOIN workers USING (worker_id)
                WHERE run_id = $1 AND shards.state = 'done' AND process_id = $2
                """, [.int64(run.rawValue), .int(Int(worker.processID))])
        }

        func state(of run: RunID) throws -> String {
            try PostgresConnection(local).execute("SELECT state FROM runs WHERE run_id = $1", [.int64(run.rawValue)]).first?.text("state")
                ?? ""
        }

        /// Waits until `condition`, at most `seconds`.
        func wait(_ what: String, seconds: Double = 60, _ condition: () throws -> Bool) throws {
            let deadline = Date().addingTimeInterval(seconds)
            while try !condition() {
                guard Date() < deadline else {
                    let logs = try programs.map { try $0.errors.split(separator: "\n").suffix(12).joined(separator: "\n") }
                    throw WorkerHost.HostFailure(
                        description: "\(what) did not come within \(seconds) s; logs:\n\(logs.joined(separator: "\n--\n"))")
                }
                usleep(50_000)
            }
        }

        func digest(of run: RunID) throws -> String { try evalctl(["run", "digest", "\(run)"]).output }

        /// Every image of a run counts once, and the answers are those of `reference`.
        func expectWhole(_ run: RunID, like reference: RunID) throws {
            let predicted = try number("SELECT count(*) AS number FROM predictions WHERE run_id = $1", [.int64(run.rawValue)])
            #expect(predicted == 400)
            #expect(try digest(of: run) == digest(of: reference))
        }

        /// Asks all programs to end; each has to end with 0.
        func stopAll() throws {
            programs.forEach { $0.send(SIGTERM) }
            for program in programs { #expect(try program.wait(seconds: 30).status == 0) }
        }

        func remove() {
            programs.forEach { $0.send(SIGKILL) }
            host.remove()
            _ = try? cluster.stop(immediately: true)
        }
    }

    private func withSite(_ number: Int, _ body: (Site) throws -> Void) throws {
        try Program.withFolder { folder in
            let site = try Site(number, in: folder)
            defer { site.remove() }
            try site.prepare()
            try body(site)
        }
    }

    @Test func `a worker cut off from the database is left behind, and takes part again when the link is mended`() throws {
        try withSite(1) { site in
            _ = try site.startNear("eval-coordinator")
            let far = try site.startFar("eval-worker")
            let near = try site.startNear("eval-worker")
            let reference = try site.submit()
            try site.wait("the undisturbed run's end") { try site.state(of: reference) == "finished" }

            let disturbed = try site.submit()
            try site.wait("the far worker's first shard") { try site.storedShards(of: disturbed, by: far) > 0 }
            try site.host.cut(site.host.database)
            try site.wait("the end of the run") { try site.state(of: disturbed) == "finished" }
            #expect(try site.storedShards(of: disturbed, by: near) > 0)
            try site.expectWhole(disturbed, like: reference)

            try site.host.mend(site.host.database)
            let later = try site.submit()
            try site.wait("the far worker's first shard after the link was mended") { try site.storedShards(of: later, by: far) > 0 }
            try site.wait("the end of the later run") { try site.state(of: later) == "finished" }
            try site.expectWhole(later, like: reference)
            try site.stopAll()
        }
    }

    @Test func `the only worker, cut off from the database past its leases, ends the run when the link is mended`() throws {
        try withSite(2) { site in
            _ = try site.startNear("eval-coordinator")
            let far = try site.startFar("eval-worker")
            let reference = try site.submit()
            try site.wait("the undisturbed run's end") { try site.state(of: reference) == "finished" }

            // Shards that take some seconds: one is under way when the link is cut.
            let disturbed = try site.submit(shardSize: 200)
            try site.wait("the first claim") {
                try site.number(
                    "SELECT count(*) AS number FROM shards WHERE state = 'running' AND run_id = $1", [.int64(disturbed.rawValue)]) > 0
            }
            try site.host.cut(site.host.database)
            try site.wait("the worker's lease to run out") {
                try site.number("SELECT count(*) AS number FROM shard_attempts WHERE outcome = 'expired'") > 0
            }
            #expect(far.isRunning)
            try site.host.mend(site.host.database)
            try site.wait("the end of the run") { try site.state(of: disturbed) == "finished" }
            try site.expectWhole(disturbed, like: reference)
            try site.stopAll()
        }
    }

    @Test func `a worker cut off from the broker goes on when the link is mended, and loses nothing`() throws {
        try withSite(3) { site in
            _ = try site.startNear("eval-coordinator")
            let far = try site.startFar("eval-worker")
            let reference = try site.submit()
            try site.wait("the undisturbed run's end") { try site.state(of: reference) == "finished" }

            let disturbed = try site.submit()
            try site.wait("the first shard") { try site.storedShards(of: disturbed, by: far) > 0 }
            try site.host.cut(site.host.broker)
            var stored = -1
            try site.wait("the worker to be done with what it had") {
                let before = stored
                stored = try site.storedShards(of: disturbed, by: far)
                if stored == before { return true }
                usleep(1_000_000)
                return false
            }
            #expect(try site.state(of: disturbed) == "running")
            #expect(far.isRunning)
            try site.host.mend(site.host.broker)
            try site.wait("the end of the run", seconds: 90) { try site.state(of: disturbed) == "finished" }
            try site.expectWhole(disturbed, like: reference)
            try site.stopAll()
        }
    }

    @Test func `a whole host that is gone costs nothing, and a worker on it still ends when it is asked to`() throws {
        try withSite(4) { site in
            let coordinator = try site.startNear("eval-coordinator")
            let far = try site.startFar("eval-worker")
            let near = try site.startNear("eval-worker")
            let reference = try site.submit()
            try site.wait("the undisturbed run's end") { try site.state(of: reference) == "finished" }

            let disturbed = try site.submit()
            try site.wait("the far worker's first shard") { try site.storedShards(of: disturbed, by: far) > 0 }
            try site.host.cut(site.host.database)
            try site.host.cut(site.host.broker)
            try site.wait("the end of the run") { try site.state(of: disturbed) == "finished" }
            try site.expectWhole(disturbed, like: reference)
            far.send(SIGTERM)
            _ = try far.wait(seconds: 60)
            for program in [near, coordinator] {
                program.send(SIGTERM)
                #expect(try program.wait(seconds: 30).status == 0)
            }
        }
    }

    @Test func `a leading coordinator cut off from the database is replaced, and follows when the link is mended`() throws {
        try withSite(5) { site in
            let far = try site.startFar("eval-coordinator")
            try site.wait("the far coordinator's lead") { try far.errors.contains("this coordinator leads") }
            let near = try site.startNear("eval-coordinator")
            _ = try site.startNear("eval-worker")
            let reference = try site.submit()
            try site.wait("the undisturbed run's end") { try site.state(of: reference) == "finished" }
            #expect(try !near.errors.contains("this coordinator leads"))

            let disturbed = try site.submit()
            try site.host.cut(site.host.database)
            try site.wait("the near coordinator's lead") { try near.errors.contains("this coordinator leads") }
            try site.wait("the end of the run") { try site.state(of: disturbed) == "finished" }
            try site.expectWhole(disturbed, like: reference)
            #expect(far.isRunning)
            try site.host.mend(site.host.database)
            near.send(SIGTERM)
            #expect(try near.wait(seconds: 30).status == 0)
            let later = try site.submit()
            try site.wait("the end of a run that the far coordinator leads") { try site.state(of: later) == "finished" }
            try site.expectWhole(later, like: reference)
        }
    }
}
