import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

/// `eval-lab bench pipeline`, and that its engine is for nothing else.
@Suite(.requiresPostgres, .serialized) struct PipelineBenchmarkTests {
    @Test(arguments: ["postgres", "kafka"]) func `a small benchmark stores every image and says what it measured`(transport: String) throws
    {
        try Program.withFolder { folder in
            let state = folder.appending(path: "bench").path
            let outcome = try Program(
                "eval-lab",
                [
                    "bench", "pipeline", "--images", "3000", "--shard-size", "100", "--workers", "2", "--transport", transport,
                    "--data-dir",
                    state, "--format", "json",
                ], in: folder
            ).wait()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let list = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
            let measured = try #require(list.first)
            #expect(list.count == 1)
            #expect(measured["engine"] as? String == "none")
            #expect(measured["images"] as? Int == 3000)
            #expect(measured["shards"] as? Int == 30)
            #expect((measured["images_per_second"] as? Double ?? 0) > 0)
            let claims = try #require(measured["claims"] as? [String: Any])
            // Those of the warm-up run are counted as well.
            #expect((claims["count"] as? Int ?? 0) >= 30)
            #expect((claims["p99"] as? Double ?? 0) >= (claims["p50"] as? Double ?? 1))
            let views = try #require(measured["views"] as? [[String: Any]])
            #expect(views.map { $0["name"] as? String }.contains("run_accuracy"))

            // The rows themselves say that nothing was computed.
            let runs = try Program.evalctl("run", "list", "--data-dir", state, "--format", "json", in: folder)
            #expect(runs.output.contains("\"model\" : \"none\""))
        }
    }

    @Test func `nobody can submit a run of no work by accident`() throws {
        try Program.withFolder { folder in
            let outcome = try Program.evalctl("submit", "--dataset", "a", "--model", "b", "--engine", "none", in: folder)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("there is no engine none"))
            for name in ["evalctl-submit", "evalctl-run", "eval-worker"] {
                let help = try String(contentsOf: Program.root.appending(path: "Tests/Fixtures/help/\(name).txt"), encoding: .utf8)
                #expect(!help.contains("benchmarks"))
            }
        }
    }
}
