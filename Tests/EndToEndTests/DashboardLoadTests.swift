import Chaos
import Foundation
import Glibc
import Postgres
import Testing

extension ProgramTests {
    /// The dashboard of a large fleet: 200 workers, 10,000 shards, 50,000 predictions.
    @Suite struct DashboardLoadTests {
        /// Makes the rows. The run is paused, so that no coordinator changes it; workers report from the future, so that they stay.
        static let fleet = """
            INSERT INTO workers (host, process_id, version, instruction_set, kernels, threads, images_per_second, last_heartbeat_at)
            SELECT 'node-' || n, 1000 + n, '0.1.0', 'x86-64', 'v4', 2, 100, clock_timestamp() + interval '1 hour'
            FROM generate_series(1, 200) AS n;
            INSERT INTO runs (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, version, shard_size, images_expected,
                              max_attempts, state, started_at)
            SELECT model_id, dataset_id, 4, 'fixed32', 'synthetic', 1000000, '0.1.0', 10, 100000, 4, 'paused',
                   clock_timestamp() - interval '10 minutes'
            FROM models CROSS JOIN datasets;
            INSERT INTO shards (run_id, shard, first_ordinal, image_count, state, images_evaluated, top1_correct, top5_correct,
                                lease_token, lease_expires_at, worker_id, claimed_at, finished_at)
            SELECT 1, n, n * 10, 10, CASE WHEN n < 5000 THEN 'done' WHEN n < 5400 THEN 'running' ELSE 'pending' END,
                   CASE WHEN n < 5000 THEN 10 ELSE 0 END, CASE WHEN n < 5000 THEN 9 ELSE 0 END, CASE WHEN n < 5000 THEN 9 ELSE 0 END,
                   CASE WHEN n < 5400 THEN gen_random_uuid() END,
                   CASE WHEN n BETWEEN 5000 AND 5399 THEN clock_timestamp() + interval '1 hour' END,
                   CASE WHEN n < 5400 THEN 1 + n % 200 END, CASE WHEN n < 5400 THEN clock_timestamp() END,
                   CASE WHEN n < 5000 THEN clock_timestamp() END
            FROM generate_series(0, 9999) AS n;
            INSERT INTO prediction_rows
            SELECT 1, n, n % 20, n / 10, 1, 1, 1, 3, 4,
                   ARRAY[0, 0, 0, 0, 1, 2, 3, 4, 1, 2, 3, 4, 1, 1, 1, CASE WHEN n % 10 = 0 THEN (n + 1) % 20 ELSE n % 20 END],
                   ARRAY[1, 1, 1, 1, 1]::real[]
            FROM generate_series(0, 49999) AS n;
            ANALYZE;
            """

        /// Bytes of memory that a program holds.
        private static func resident(_ program: Program) throws -> Int {
            let pages = try String(contentsOfFile: "/proc/\(program.processID)/statm", encoding: .utf8).split(separator: " ")
            return try #require(Int(pages[1])) * 4096
        }

        @Test func `a page and its JSON take less than 100 ms of a processor, and changes come to each of a hundred who watch`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                let connection = try PostgresConnection(cluster.address)
                try connection.executeScript(Self.fleet)
                let (coordinator, http) = try cluster.serving("eval-coordinator")
                let counted = try http.wait(for: "/api/runs/1") { $0.body.contains("\"evaluated\" : 50000") }.json()
                #expect((counted["top1"] as? [String: Any])?["correct"] as? Int == 45_000)
                let overview = try http.get("/api/overview").json()
                #expect((overview["workers"] as? [[String: Any]])?.count == 200)
                #expect(((overview["workers"] as? [[String: Any]])?.first?["shards"] as? [String])?.count == 2)

                for path in ["/", "/api/overview", "/runs/1", "/api/runs/1", "/metrics"] {
                    // Of the coordinator's and of its database's, whatever else it does meanwhile.
                    let processes =
                        try connection.execute(
                            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        ).map { pid_t(try $0.int("pid")) } + [coordinator.processID]
                    func taken() -> Double { processes.map { ProcessorTime(of: $0).own }.reduce(0, +) }
                    let before = taken()
                    for _ in 0..<7 {
                        #expect(try http.get(path).status == 200)
                        // The next one finds nothing ready.
                        usleep(510_000)
                    }
                    let each = (taken() - before) / 7
                    print("\(path): \(each * 1000) ms of a processor")
                    #expect(each < 0.1, "\(path)")
                }

                // A hundred streams, of which each gets its changes, and one query serves all.
                let streams = try (0..<100).map { _ in
                    let socket = try StreamSocket.connected(to: .tcp(host: "127.0.0.1", port: http.port))
                    _ = socket.send(Array("GET /events?page=/ HTTP/1.1\r\nHost: \(http.address)\r\n\r\n".utf8)[...])
                    return socket
                }
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                for stream in streams.dropFirst() {
                    // The last part of the first look.
                    var text = ""
                    while !text.contains("\"id\":\"dead-letters\"") {
                        let count = stream.receive(into: &buffer)
                        try #require(count > 0)
                        text += String(decoding: buffer[..<count], as: UTF8.self)
                    }
                }
                for stream in streams.dropFirst() { #expect(stream.receive(into: &buffer) > 0) }
                let resident = try Self.resident(coordinator)
                print("resident with a hundred streams: \(resident >> 20) MB")
                #expect(resident < 400 << 20)
                // Who watches already keeps others from nothing.
                #expect(try http.get("/livez").status == 200)
                streams.forEach { $0.shutDown() }
                try cluster.drain([coordinator])
            }
        }

        @Test func `livez is answered whatever else is held open, and pages are once it is gone`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                try PostgresConnection(cluster.address).executeScript(Self.fleet)
                let (coordinator, http) = try cluster.serving("eval-coordinator")
                _ = try http.wait(for: "/") { $0.status == 200 }
                var files = rlimit(rlim_cur: 4096, rlim_max: 4096)
                getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
                files.rlim_cur = min(files.rlim_max, 4096)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
                var held: [StreamSocket] = []
                func hold(_ count: Int, _ text: String) throws {
                    for _ in 0..<count {
                        let socket = try StreamSocket.connected(to: .tcp(host: "127.0.0.1", port: http.port))
                        _ = socket.send(Array(text.utf8)[...])
                        held.append(socket)
                    }
                }
                try hold(300, "GET /events?page=/ HTTP/1.1\r\nHost: \(http.address)\r\n\r\n")
                try hold(500, "")
                try hold(150, "GET / HTTP/1.1\r\nHost: ")
                try hold(150, "POST /login HTTP/1.1\r\nHost: \(http.address)\r\nContent-Length: 100\r\n\r\ntoken=")
                for _ in 0..<50 { #expect(try http.get("/livez").status == 200) }
                #expect(try http.get("/metrics").status == 200)
                held.forEach { $0.shutDown() }
                _ = try http.wait(for: "/") { $0.status == 200 }
                try cluster.drain([coordinator])
            }
        }

        @Test func `there are streams for so many and no more, and a client that reads nothing costs no memory`() throws {
            try ProgramCluster.with(perClass: 1) { cluster in
                try PostgresConnection(cluster.address).executeScript(Self.fleet)
                let (coordinator, http) = try cluster.serving("eval-coordinator")
                _ = try http.wait(for: "/api/runs/1") { $0.body.contains("\"evaluated\" : 50000") }
                var buffer = [UInt8](repeating: 0, count: 1024)
                var streams: [StreamSocket] = []
                for _ in 0..<128 {
                    let socket = try StreamSocket.connected(to: .tcp(host: "127.0.0.1", port: http.port))
                    _ = socket.send(Array("GET /events?page=/ HTTP/1.1\r\nHost: \(http.address)\r\n\r\n".utf8)[...])
                    #expect(socket.receive(into: &buffer) > 0)
                    streams.append(socket)
                }
                let refused = try http.get("/events")
                #expect(refused.status == 503)
                #expect(try refused.json()["error"] as? String == "http.busy")
                let before = try Self.resident(coordinator)
                // Each look changes every worker's row, so that there is much to say.
                let connection = try PostgresConnection(cluster.address)
                for round in 0..<8 {
                    _ = try connection.execute("UPDATE workers SET images_per_second = \(round) + worker_id", [])
                    _ = try http.wait(for: "/api/runs/1") { $0.status == 200 }
                    usleep(500_000)
                }
                // What the kernel and one event for each of them take.
                let growth = try Self.resident(coordinator) - before
                print("growth with 128 streams that read nothing: \(growth >> 20) MB")
                #expect(growth < 64 << 20)
                streams.forEach { $0.shutDown() }
                _ = try http.wait(for: "/events?page=/nowhere") { $0.status == 404 }
                try cluster.drain([coordinator])
            }
        }
    }
}
