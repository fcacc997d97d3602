import Chaos
import Foundation
import Kafka
import KafkaMock
import Postgres
import TestSupport
import Testing

extension ProgramTests {
    /// What programs say over HTTP, and that it is what is stored.
    @Suite struct HTTPPagesTests {
        @Test func `what is counted is what was stored`() throws {
            try ProgramCluster.with(perClass: 3) { cluster in
                let (coordinator, dashboard) = try cluster.serving("eval-coordinator")
                let (worker, http) = try cluster.serving("eval-worker", token: nil, "--threads", "2")
                let bad = cluster.folder.appending(path: "images/s00_disc")
                let broken = try #require(try FileManager.default.contentsOfDirectory(atPath: bad.path).sorted().last)
                try Data("no image".utf8).write(to: bad.appending(path: broken))
                let run = try cluster.submit("--shard-size", "7")
                try cluster.wait(until: "SELECT state = 'finished' FROM runs WHERE run_id = \(run)")
                // The last shard is counted just after its transaction.
                _ = try http.wait(for: "/metrics") { $0.body.contains("evalctl_shards_total{outcome=\"stored\"} 9\n") }

                let images = try cluster.count("SELECT count(*) FROM predictions")
                #expect(images == 59)
                #expect(try http.metric("evalctl_images_total") == Double(images))
                let spikes = try cluster.count("SELECT sum((SELECT sum(s) FROM unnest(timestep_spikes) s)) FROM predictions")
                #expect(try http.metric("evalctl_spikes_total") == Double(spikes))
                let operations = try cluster.count("SELECT sum((SELECT sum(s) FROM unnest(timestep_synops) s)) FROM predictions")
                #expect(try http.metric("evalctl_synaptic_operations_total") == Double(operations))
                for phase in ["decode", "preprocess", "inference"] {
                    #expect(try http.metric("evalctl_phase_seconds_count{phase=\"\(phase)\"}") == Double(images))
                }
                #expect(try http.metric("evalctl_phase_seconds_count{phase=\"store\"}") == 9)
                let inference = try cluster.count("SELECT sum(inference_us) FROM predictions")
                let sum = try #require(try http.metric("evalctl_phase_seconds_sum{phase=\"inference\"}"))
                #expect(abs(sum - Double(inference) / 1e6) < 1e-6)
                #expect(try http.metric("evalctl_claims_total{outcome=\"granted\"}") == 9)
                let code = try PostgresConnection(cluster.address).execute("SELECT code FROM image_failures").single().text("code")
                #expect(try http.metric("evalctl_image_failures_total{code=\"\(code)\"}") == 1)

                _ = try dashboard.wait(for: "/metrics") { $0.body.contains("evalctl_runs{state=\"finished\"} 1\n") }
                #expect(try dashboard.metric("evalctl_leader") == 1)
                #expect(try dashboard.metric("evalctl_publications_total{kind=\"first\"}") == 9)
                #expect(try dashboard.metric("evalctl_workers{state=\"running\"}") == 1)
                #expect(try dashboard.metric("evalctl_database_up") == 1)
                #expect(try dashboard.metric("evalctl_finished_runs_total") == 1)
                #expect(try dashboard.get("/metrics").headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")

                let json = try dashboard.get("/api/runs/\(run)").json()
                #expect(json["images_done"] as? Int == 60)
                #expect(json["images_failed"] as? Int == 1)
                let top1 = try #require(json["top1"] as? [String: Any])
                #expect(top1["evaluated"] as? Int == 59)
                #expect(try top1["correct"] as? Int == cluster.count("SELECT count(*) FROM predictions WHERE top5[1] = label"))
                #expect((top1["ci95"] as? [Double])?.count == 2)
                try cluster.drain([worker, coordinator])
            }
        }

        @Test func `pages are escaped, and what is not there is named`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let (coordinator, http) = try cluster.serving("eval-coordinator", token: HTTPAccessTests.token)
                let run = try cluster.submit("--shard-size", "20")
                try PostgresConnection(cluster.address).executeScript(
                    """
                    INSERT INTO workers (host, process_id, version, instruction_set, threads)
                    VALUES ('<script>alert("x")</script>&''', 1, '0.1.0', 'x86-64', 1)
                    """)
                let page = try http.wait(for: "/") { $0.body.contains("alert") }
                #expect(!page.body.contains("<script>alert"))
                #expect(page.body.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"))
                #expect(page.body.contains("/runs/\(run)\""))
                let bearer = HTTPAccessTests.bearer
                let cases: [(String, String, Int, String)] = [
                    ("GET", "/runs/99", 404, "there is no run 99"), ("GET", "/runs/x%3Cb%3E", 404, "there is no run x"),
                    ("GET", "/api/runs/-1", 404, "there is no run -1"), ("GET", "/nowhere", 404, "there is no page /nowhere"),
                    ("GET", "/api/runs/99999999999999999999", 404, "there is no run 9999"),
                    ("GET", "/events?page=/nowhere", 404, "there is no page /nowhere"),
                    ("GET", "/runs/\(run)/pause", 404, "there is no page"),
                    ("POST", "/runs/99/pause", 404, "there is no run 99"), ("POST", "/workers/99/drain", 404, "there is no worker 99"),
                    ("POST", "/runs/\(run)/priority", 400, "the field priority is missing"),
                    ("POST", "/runs/\(run)/dead-letters/eat", 404, "there is no page"),
                    ("POST", "/runs/\(run)/dead-letters/drop", 404, "was given up"), ("DELETE", "/runs/\(run)", 404, "there is no page"),
                ]
                for (method, path, status, message) in cases {
                    let answer = try http.request(method, path, bearer, body: method == "POST" ? "" : nil)
                    #expect(answer.status == status, "\(method) \(path): \(answer.body)")
                    #expect(try (answer.json()["message"] as? String)?.contains(message) == true, "\(method) \(path): \(answer.body)")
                }
                let asked = try http.get("/runs/x%3Cb%3E", HTTPAccessTests.page)
                #expect(asked.status == 404)
                #expect(!asked.body.contains("<b>"))
                for body in ["priority=1001", "priority=high", "priority", "%zz=1"] {
                    #expect(try http.request("POST", "/runs/\(run)/priority", bearer, body: body).status == 400, "\(body)")
                }
                #expect(try http.request("POST", "/runs/\(run)/dead-letters/drop", bearer, body: "shards=1,x").status == 400)
                let large = String(repeating: "a", count: 100_000)
                #expect(try http.request("POST", "/runs/\(run)/pause", bearer, body: large).status == 413)
                // A head without end.
                let socket = try StreamSocket.connected(to: .tcp(host: "127.0.0.1", port: http.port))
                _ = socket.send(Array("GET / HTTP/1.1\r\nX: \(large)".utf8)[...])
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = socket.receive(into: &buffer)
                #expect(count == 0 || String(decoding: buffer[..<count], as: UTF8.self).contains(" 4"))
                #expect(try http.get("/livez").status == 200)
                try cluster.drain([coordinator])
            }
        }

        @Test func `livez goes on without a database, and readyz says that it is away`() throws {
            try Program.withFolder { folder in
                let database = EmbeddedCluster(directory: folder.appending(path: "postgres").path)
                let address = try database.start()
                defer { _ = try? database.stop(immediately: true) }
                try ProgramCluster.with(perClass: 1, database: address) { cluster in
                    let (coordinator, dashboard) = try cluster.serving("eval-coordinator")
                    let (worker, http) = try cluster.serving("eval-worker", token: nil, "--threads", "1")
                    for probe in [dashboard, http] {
                        _ = try probe.wait(for: "/readyz") { $0.status == 200 }
                        #expect(try probe.get("/livez").status == 200)
                    }
                    #expect(try http.get("/").status == 404, "a worker has no dashboard")
                    try cluster.waitForWorkers(1)
                    // Sessions that are cut are made anew, and nobody is told of trouble.
                    _ = try dashboard.get("/api/overview")
                    try PostgresConnection(address).executeScript(
                        """
                        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                        """)
                    // Longer than an answer of before serves.
                    usleep(1_100_000)
                    for probe in [dashboard, http] {
                        let checks = try #require(try probe.get("/readyz").json()["checks"] as? [[String: Any]])
                        #expect(checks.first { $0["name"] as? String == "database" }?["ok"] as? Bool == true)
                    }
                    #expect(try dashboard.get("/api/overview").status == 200)
                    try database.stop(immediately: true)
                    for probe in [dashboard, http] {
                        let answer = try probe.wait(for: "/readyz") { $0.status == 503 }
                        let checks = try #require(try answer.json()["checks"] as? [[String: Any]])
                        #expect(checks.first { $0["name"] as? String == "database" }?["ok"] as? Bool == false)
                        #expect(checks.first { $0["name"] as? String == "broker" }?["ok"] as? Bool == true)
                        #expect(!answer.body.contains("password"))
                        #expect(try probe.get("/livez").status == 200)
                        #expect(try probe.get("/metrics").status == 200)
                    }
                    _ = try dashboard.wait(for: "/metrics") { $0.body.contains("evalctl_database_up 0\n") }
                    #expect(try dashboard.get("/").status == 503)
                    #expect(try dashboard.get("/api/overview").headers["retry-after"] == "1")
                    _ = try database.start()
                    for probe in [dashboard, http] { _ = try probe.wait(for: "/readyz") { $0.status == 200 } }
                    _ = try dashboard.wait(for: "/") { $0.status == 200 }
                    if let mock = cluster.mockBroker {
                        mock.setBroker(1, isDown: true)
                        let answer = try dashboard.wait(for: "/readyz") { $0.status == 503 }
                        #expect(answer.body.contains("broker"))
                        mock.setBroker(1, isDown: false)
                    }
                    try cluster.drain([worker, coordinator])
                }
            }
        }

        @Test func `a port that is taken and an address that is none are named`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let (coordinator, http) = try cluster.serving("eval-coordinator")
                let environment = ["EVALCTL_DATABASE": cluster.address.exposedURI, "EVALCTL_KAFKA": cluster.kafka.bootstrapServers]
                for (address, message) in [
                    (http.address, "HTTP cannot be served on \(http.address): another program listens there"),
                    ("8080", "8080 is no address to serve HTTP on"), ("127.0.0.1:99999", "no address to serve HTTP on"),
                ] {
                    for program in ["eval-coordinator", "eval-worker"] {
                        let outcome = try Program(program, ["--http", address], environment: environment, in: cluster.folder).wait(
                            seconds: 20)
                        #expect(outcome.status == 1, "\(program) \(address)")
                        #expect(outcome.errors.contains(message), "\(outcome.errors)")
                    }
                }
                try cluster.drain([coordinator])
            }
        }
    }
}
