import Diagnostics
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct CopyTests {
    @Test func `a hundred thousand rows arrive whole, each value converted to its column's type`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript(
                """
                CREATE TYPE phase AS ENUM ('decode', 'infer');
                CREATE DOMAIN micros AS int CHECK (VALUE >= 0);
                CREATE TABLE t (id int PRIMARY KEY, label smallint, score real, name text, top int[], scores real[], phase phase, took micros,
                    id2 uuid, extra jsonb, at timestamptz, raw bytea, ok bool, missing text)
                """)
            let columns = ["id", "label", "score", "name", "top", "scores", "phase", "took", "id2", "extra", "at", "raw", "ok", "missing"]
            let count = try connection.copyIn("public.t", columns) { writer in
                for index in 0..<100_000 {
                    try writer.row([
                        .int(index), .int(index % 1000), .float64(Double(index) / 4), .text("bild \(index) ✓"),
                        .int32Array([Int32(index), -1]),
                        .float32Array([0.5]), "infer", .int64(Int64(index)), "0f8fad5b-d9cb-469f-a165-70867728950e", "{\"a\":1}",
                        .timestamp(1_700_000_000_000_000 + Int64(index)), .bytes([0, 1]), .bool(index % 2 == 0), nil,
                    ])
                }
            }
            #expect(count == 100_000)
            let sums = try connection.execute(
                "SELECT count(*) AS n, sum(id) AS ids, sum(label) AS labels, count(missing) AS present, sum(top[1]) AS tops, count(DISTINCT at) AS times FROM t"
            ).single()
            #expect(try sums.int("n") == 100_000 && sums.int("ids") == 4_999_950_000 && sums.int("tops") == 4_999_950_000)
            #expect(try sums.int("labels") == 49_950_000 && sums.int("present") == 0 && sums.int("times") == 100_000)
            let row = try connection.execute("SELECT * FROM t WHERE id = $1", [99_999]).single()
            #expect(try row.text("name") == "bild 99999 ✓" && row.text("phase") == "infer" && row.double("score") == 24_999.75)
            #expect(try row.text("id2") == "0f8fad5b-d9cb-469f-a165-70867728950e" && row.timestamp("at") == 1_700_000_000_099_999)
            #expect(
                try row.ints("top") == [99_999, -1] && row.text("extra") == "{\"a\": 1}" && row.bytes("raw") == [0, 1] && !row.bool("ok"))
        }
    }

    @Test func `a value that does not fit is refused by column, and no row stays`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript("CREATE TABLE t (small smallint, word text, moment timestamptz, id uuid)")
            let misfits: [[PostgresValue]] = [
                [.int(40_000), "a", nil, nil], ["1", "a", nil, nil], [1, 2, nil, nil], [1, "a\0b", nil, nil],
                [1, "a", .timestamp(.min), nil],
                [1, "a", nil, "not-a-uuid"], [1, "a"],
            ]
            for misfit in misfits {
                let failure = try #require(throws: Failure.self) {
                    try connection.copyIn("t", ["small", "word", "moment", "id"]) { writer in
                        for _ in 0..<5000 { try writer.row([1, "fine", nil, nil]) }
                        try writer.row(misfit)
                    }
                }
                #expect(failure.code == .databaseInvalidValue)
            }
            #expect(try connection.execute("SELECT count(*) AS n FROM t").single().int("n") == 0)
        }
    }

    @Test func `an error of the server's is the one reported, early or late`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript("CREATE TABLE t (id int PRIMARY KEY, word text)")
            for rows in [2, 200_000] {
                let failure = try #require(throws: Failure.self) {
                    try connection.copyIn("t", ["id", "word"]) { writer in
                        for index in 0..<rows { try writer.row([.int(index / 2), "a word of some length, to fill the buffers"]) }
                    }
                }
                #expect(failure.code == .databaseUniqueViolation && failure.message.contains("t_pkey"))
            }
            #expect(
                Failure.code(of: try #require(throws: Failure.self) { try connection.copyIn("t", ["nothing"]) { _ in } })
                    == .databaseUndefinedColumn)
            #expect(
                Failure.code(of: try #require(throws: Failure.self) { try connection.copyIn("nowhere", ["id"]) { _ in } })
                    == .databaseUndefinedTable)
            #expect(try connection.copyIn("t", ["id"]) { try $0.row([7]) } == 1)
            #expect(try connection.copyIn("t", ["id"]) { _ in } == 0)
        }
    }

    @Test func `a role that may only insert can COPY`() throws {
        try TestDatabase.withDatabase { address in
            let owner = try PostgresConnection(address)
            try owner.executeScript("CREATE TABLE t (id int)")
            let role = "copier_\(try #require(address.database))"
            try owner.executeScript("CREATE ROLE \(role); GRANT INSERT ON t TO \(role)")
            defer { try? owner.executeScript("DROP OWNED BY \(role); DROP ROLE \(role)") }
            let copier = try PostgresConnection(address)
            try copier.executeScript("SET ROLE \(role)")
            #expect(try copier.copyIn("t", ["id"]) { try $0.row([1]) } == 1)
            #expect(
                Failure.code(of: try #require(throws: Failure.self) { try copier.execute("SELECT * FROM t") })
                    == .databaseInsufficientPrivilege)
        }
    }

    @Test func `a connection that breaks during COPY is reported as lost`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            let killer = try PostgresConnection(address)
            try connection.executeScript("CREATE TABLE t (id int)")
            let process = connection.serverProcess
            let failure = try #require(throws: Failure.self) {
                try connection.copyIn("t", ["id"]) { writer in
                    try killer.execute("SELECT pg_terminate_backend($1)", [.int32(Int32(process))])
                    for index in 0..<1_000_000 { try writer.row([.int(index)]) }
                }
            }
            #expect(failure.recovery == .transient && [.databaseShutdown, .databaseConnectionLost].contains(failure.code), "\(failure)")
            #expect(!connection.isOpen)
        }
    }
}
