import Foundation
import Postgres
import TestSupport
import Testing

/// Every query of `docs/sql.md` and `README.md`, asked as the reader on the demo. After a wanted change, run the test once with
/// `EVALCTL_UPDATE_SNAPSHOTS=1`: it writes the answers anew.
@Suite(.requiresPostgres, .serialized) struct DocumentedQueriesTests {
    @Test func `every documented query has the documented answer, and the reader may ask it`() throws {
        try Program.withFolder { folder in
            let state = folder.appending(path: "state").path
            try makeDocumentedRuns(state: state, in: folder)
            let cluster = EmbeddedCluster(directory: state + "/postgres")
            let address = try cluster.start()
            defer { _ = try? cluster.stop() }
            try expectAllDocumented(address)
            for name in ["docs/sql.md", "README.md"] {
                let file = Program.root.appending(path: name)
                var page = try String(contentsOf: file, encoding: .utf8)
                let queries = DocumentedQuery.all(of: page)
                #expect(queries.count >= (name == "README.md" ? 5 : 35), "\(name)")
                for query in queries {
                    let answer = try ask(query.sql, address: address.exposedURI, in: folder)
                    let isSame =
                        query.isVolatile
                        ? DocumentedQuery.columns(of: answer) == DocumentedQuery.columns(of: query.answer) : answer == query.answer
                    if !isSame, ProcessInfo.processInfo.environment["EVALCTL_UPDATE_SNAPSHOTS"] == "1" {
                        page = page.replacing(query.text, with: query.text(answer: answer))
                    } else {
                        #expect(isSame, "\(name): \(query.sql)\n\(answer)")
                    }
                }
                if page != (try String(contentsOf: file, encoding: .utf8)) { try page.write(to: file, atomically: true, encoding: .utf8) }
            }
        }
    }

    /// Every view and every function that readers may call stands in `docs/sql.md`.
    private func expectAllDocumented(_ address: DatabaseAddress) throws {
        let page = try String(contentsOf: Program.root.appending(path: "docs/sql.md"), encoding: .utf8)
        let names = try PostgresConnection(address).execute(
            """
            SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
            UNION SELECT proname::text FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND has_function_privilege('evalctl_reader', oid, 'EXECUTE')
            """
        ).map { try $0.text("name") }
        for name in names { #expect(page.contains(name), "docs/sql.md does not tell of \(name)") }
    }

    /// Run 1 is the demo, run 2 the demo with two damaged files, run 3 the demo with two time steps.
    private func makeDocumentedRuns(state: String, in folder: URL) throws {
        func evalctl(_ arguments: String..., status: Int32 = 0) throws {
            let outcome = try Program("evalctl", arguments + ["--data-dir", state], in: folder).wait()
            try #require(outcome.status == status, "\(arguments): \(outcome.errors)")
        }
        try evalctl("run", "--model", Program.demoModel, "--dataset", Program.demoImages)
        let damaged = folder.appending(path: "damaged")
        try FileManager.default.copyItem(atPath: Program.demoImages, toPath: damaged.path)
        let cut = damaged.appending(path: "s00_disc/val_00000040.JPEG")
        try Data(contentsOf: cut).prefix(900).write(to: cut)
        try evalctl("dataset", "add", "damaged", "--root", damaged.path)
        try Data(contentsOf: damaged.appending(path: "s19_noise/val_00000019.JPEG")).write(
            to: damaged.appending(path: "s16_waves/val_00000016.JPEG"))
        try evalctl("run", "--model", "demo", "--dataset", "damaged", status: 2)
        try evalctl("run", "--model", "demo", "--dataset", "val", "--timesteps", "2")
        try evalctl("audit", "demo", "--count", "1", "--timesteps", "4")
        try evalctl("labels", "add", "val", "alike", Program.root.appending(path: "pipeline/demo/accepted.csv").path)
    }

    /// What psql prints to the reader, without blanks at the ends of lines and without the number of rows, unless that is 0.
    private func ask(_ sql: String, address: String, in folder: URL) throws -> String {
        let process = Process()
        let (output, errors) = (folder.appending(path: "psql.out"), folder.appending(path: "psql.err"))
        for file in [output, errors] { try Data().write(to: file) }
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "-c", "SET ROLE evalctl_reader", "-c", sql, address,
        ]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        let complaint = try String(contentsOf: errors, encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(sql)\n\(complaint)")
        let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
        return lines.filter { $0.wholeMatch(of: #/\([1-9][0-9]* rows?\)/#) == nil }.joined(separator: "\n")
    }
}

/// A fenced block of a page: a query, an empty line, its answer.
struct DocumentedQuery {
    /// The whole block.
    var text: String
    var sql: String
    var answer: String

    /// Whether the answer depends on the machine: then only its columns are compared.
    var isVolatile: Bool {
        ["latency_percentiles", "latency_histogram", "images_per_second", "worker_status"].contains { sql.contains($0) }
    }

    /// The names above an answer, without the blanks that make them as wide as their column.
    static func columns(of answer: String) -> [Substring]? {
        answer.split(separator: "\n").first?.split { $0 == "|" || $0 == " " }
    }

    func text(answer: String) -> String { "```\n\(sql)\n\n\(answer)\n```" }

    static func all(of page: String) -> [DocumentedQuery] {
        page.matches(of: #/```\n((?:SELECT|WITH) (?:.|\n)*?;)\n\n((?:.|\n)*?)\n```/#).map {
            DocumentedQuery(text: String($0.output.0), sql: String($0.output.1), answer: String($0.output.2))
        }
    }
}
