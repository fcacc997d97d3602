import Diagnostics
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct StatementTests {
    @Test func `every kind of value comes back as it went`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            let row = try connection.execute(
                """
                SELECT $1::bool AS flag, $2::int2 AS small, $3::int4 AS middle, $4::int8 AS large, $5::float4 AS single, $6::float8 AS double,
                    $7::text AS text, $8::bytea AS bytes, $9::timestamptz AS time, $10::int4[] AS ints, $11::float4[] AS floats,
                    $12::text[] AS texts, $13::int8[] AS none, $14::int2[] AS shorts, $15::int8[] AS longs, $16::float8[] AS doubles
                """,
                [
                    true, .int16(.min), .int32(.min), .int64(.min), .float32(1.5), .float64(.pi), "naïve 🐘 'quoted' \"\\ $1",
                    .bytes([0, 255, 39]),
                    .timestamp(1_700_000_000_123_456), .int32Array([1, -2, .max]), .float32Array([0.25, -1]),
                    .textArray(["", "a,b", "{}\"", "NULL"]),
                    .int64Array([]), .int16Array([-1]), .int64Array([.max]), .float64Array([1e300]),
                ]
            ).single()
            #expect(try row.bool("flag") && row.int("small") == -32768 && row.int("middle") == Int(Int32.min) && row.int("large") == .min)
            #expect(try row.double("single") == 1.5 && row.double("double") == .pi && row.double("middle") == Double(Int32.min))
            #expect(try row.text("text") == "naïve 🐘 'quoted' \"\\ $1")
            #expect(try row.bytes("bytes") == [0, 255, 39])
            #expect(try row.timestamp("time") == 1_700_000_000_123_456)
            #expect(try row.ints("ints") == [1, -2, Int(Int32.max)] && row.doubles("floats") == [0.25, -1])
            #expect(try row.texts("texts") == ["", "a,b", "{}\"", "NULL"] && row.ints("none") == [])
            #expect(try row.ints("shorts") == [-1] && row.ints("longs") == [.max] && row.doubles("doubles") == [1e300])
        }
    }

    @Test func `null is read as nil, and refused where a value is asked for`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            let row = try connection.execute("SELECT $1::int AS number, $2::text AS text, '{1,null}'::int[] AS holes", [nil, nil]).single()
            #expect(try row.intIfPresent("number") == nil && row.textIfPresent("text") == nil && row.isNull("text"))
            #expect(throws: Failure.self) { try row.int("number") }
            #expect(throws: Failure.self) { try row.ints("holes") }
        }
    }

    @Test func `enumerations, JSON, UUIDs and numerics are given and read as text and numbers`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript("CREATE TYPE mood AS ENUM ('calm', 'busy'); CREATE TABLE t (m mood, j jsonb, u uuid, n numeric)")
            let id = "0f8fad5b-d9cb-469f-a165-70867728950e"
            try connection.execute("INSERT INTO t VALUES ($1, $2, $3, $4)", ["busy", "{\"a\": [1]}", .text(id), "12345678901.5"])
            let row = try connection.execute(
                "SELECT *, n * 2 AS whole, sum(n) OVER () AS total, 0.0001::numeric AS tiny, -20000::numeric AS low FROM t"
            ).single()
            #expect(try row.text("m") == "busy" && row.text("j") == "{\"a\": [1]}" && row.text("u") == id)
            #expect(try row.double("n") == 12_345_678_901.5 && row.int("whole") == 24_691_357_803 && row.double("tiny") == 0.0001)
            #expect(try row.int("low") == -20_000)
            #expect(throws: Failure.self) { try row.int("n") }
            let limits = try connection.execute(
                "SELECT 9223372036854775807::numeric AS max, -9223372036854775808::numeric AS min, 1e19::numeric AS over, 'NaN'::numeric AS nan, 0::numeric AS zero"
            ).single()
            #expect(try limits.int("max") == .max && limits.int("min") == .min && limits.int("zero") == 0 && limits.double("nan").isNaN)
            #expect(throws: Failure.self) { try limits.int("over") }
        }
    }

    @Test func `a column that is missing or of another type is refused by name`() throws {
        try TestDatabase.withDatabase { address in
            let row = try PostgresConnection(address).execute("SELECT 'x'::text AS word, 1 AS number").single()
            let missing = try #require(throws: Failure.self) { try row.int("nothing") }
            let mistaken = try #require(throws: Failure.self) { try row.int("word") }
            #expect(missing.code == .databaseUnexpectedResult && missing.message.contains("nothing"))
            #expect(mistaken.code == .databaseUnexpectedResult && mistaken.message.contains("word"))
            #expect(throws: Failure.self) { try row.text("number") }
        }
    }

    @Test(arguments: ["'; DROP TABLE victims; --", "$1", "\\'; DELETE FROM victims; --", "x') ; TRUNCATE victims; ("])
    func `a value never becomes SQL`(value: String) throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript("CREATE TABLE victims (name text)")
            try connection.execute("INSERT INTO victims VALUES ($1)", [.text(value)])
            try connection.copyIn("victims", ["name"]) { try $0.row([.text(value)]) }
            #expect(
                try connection.execute("SELECT name FROM victims WHERE name = $1", [.text(value)]).map { try $0.text("name") } == [
                    value, value,
                ])
            let table = "odd\"; DROP TABLE victims; --"
            try connection.executeScript("CREATE TABLE \(PostgresConnection.quoted(table)) (a int)")
            #expect(try connection.copyIn(table, ["a"]) { try $0.row([1]) } == 1)
            #expect(try connection.execute("SELECT count(*) AS n FROM victims").single().int("n") == 2)
        }
    }

    @Test func `a NUL character is refused before it can cut a text short`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            #expect(
                Failure.code(of: try #require(throws: Failure.self) { try connection.execute("SELECT $1", ["a\0b"]) })
                    == .databaseInvalidValue)
            #expect(throws: Failure.self) { try connection.executeScript("SELECT 1\0; DROP TABLE x") }
        }
    }

    @Test func `a prepared statement survives a change of its table`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
            #expect(try connection.execute("SELECT * FROM t").single().int("a") == 1)
            try PostgresConnection(address).executeScript("ALTER TABLE t ADD b text DEFAULT 'new'")
            #expect(try connection.execute("SELECT * FROM t").single().text("b") == "new")
            try connection.executeScript("DEALLOCATE ALL")
            #expect(try connection.execute("SELECT * FROM t").single().text("b") == "new")
        }
    }

    @Test func `the server keeps a bounded number of prepared statements`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            for index in 0..<450 { try connection.execute("SELECT \(index) AS n") }
            for _ in 0..<50 { try connection.execute("SELECT count(*) AS n FROM pg_prepared_statements") }
            #expect(try connection.execute("SELECT count(*) AS n FROM pg_prepared_statements").single().int("n") == 200)
        }
    }

    @Test func `a script runs many statements, functions with dollar quotes among them`() throws {
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            try connection.executeScript(
                "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN n * 2; /* ; */ END $body$; CREATE TABLE t (a int);"
            )
            #expect(try connection.execute("SELECT twice($1) AS n", [.int32(21)]).single().int("n") == 42)
            #expect(try connection.execute("INSERT INTO t SELECT generate_series(1, 7)").affectedRows == 7)
        }
    }

    @Test func `rows are streamed, and a reader that gives up leaves a usable connection`() throws {
        struct Enough: Error {}
        try TestDatabase.withDatabase { address in
            let connection = try PostgresConnection(address)
            var sum = 0
            try connection.forEachRow("SELECT n FROM generate_series(1, $1::int) AS n", [300_000]) { sum += try $0.int("n") }
            #expect(sum == 300_000 * 300_001 / 2)
            var seen = 0
            #expect(throws: Enough.self) {
                try connection.forEachRow("SELECT generate_series(1, 100000000) AS n") { _ in
                    seen += 1
                    if seen == 1000 { throw Enough() }
                }
            }
            let late = try #require(throws: Failure.self) {
                try connection.forEachRow("SELECT 1 / (1000 - generate_series(1, 2000)) AS n") { _ in }
            }
            #expect(late.nativeCode == "22012")
            #expect(try connection.execute("SELECT 1 AS one").single().int("one") == 1)
        }
    }
}
