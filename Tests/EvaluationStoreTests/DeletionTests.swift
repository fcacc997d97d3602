import Diagnostics
import Evaluation
import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct DeletionTests {
    /// A finished run of ten images, of which one failed.
    private func finished(_ fixture: StoreFixture) throws -> RunID {
        let run = try fixture.submit()
        try finish(run, failing: [5], fixture)
        return run
    }

    /// Does what is left of a run.
    private func finish(_ run: RunID, failing: Set<Int> = [], _ fixture: StoreFixture) throws {
        let worker = try fixture.worker()
        while let lease = try fixture.claimNext(of: run, worker: worker) {
            try fixture.store.queue.store(StoreFixture.result(for: lease, failing: failing), lease: lease, worker: worker)
        }
        #expect(try fixture.store.queue.finishRuns() == [run])
    }

    private func keepReport(_ run: RunID, _ fixture: StoreFixture) throws {
        let report = try fixture.store.answers.report(run)
        try fixture.store.answers.keepReport(run, json: String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    }

    private func counts(_ fixture: StoreFixture, of run: RunID) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        let connection = try PostgresConnection(fixture.address)
        for table in ["prediction_rows", "shard_activity", "shards", "image_failures", "run_figures", "reports", "runs"] {
            counts[table] = try connection.execute("SELECT count(*) AS n FROM \(table) WHERE run_id = \(run)").single().int("n")
        }
        return counts
    }

    @Test func `a deleted run leaves nothing behind, and others stay as they are`() throws {
        try StoreFixture.withStore { fixture in
            let run = try finished(fixture)
            let other = try finished(fixture)
            try fixture.store.answers.keepReport(run, json: "{}")
            let before = try counts(fixture, of: other)
            let freed = try fixture.store.queue.deletionOfRun(run)
            #expect(freed.predictions == 9 && freed.bytes > 9 * 100)
            #expect(try fixture.store.queue.deleteRun(run) == freed)
            #expect(try counts(fixture, of: run).values.allSatisfy { $0 == 0 })
            #expect(try counts(fixture, of: other) == before)
            #expect(#expect(throws: Failure.self) { try fixture.store.queue.deleteRun(run) }?.code == .notFound)
        }
    }

    @Test func `a run that has not ended is not deleted, nor are the model and the data set of one that is there`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            func code(_ body: () throws -> Void) -> Failure.Code? { #expect(throws: Failure.self) { try body() }?.code }
            #expect(code { _ = try fixture.store.queue.deleteRun(run) } == .runState)
            #expect(code { _ = try fixture.store.queue.pruneRun(run) } == .runState)
            #expect(code { try fixture.store.catalogue.deleteModel(named: "m") } == .inUse)
            #expect(code { try fixture.store.catalogue.deleteDataSet(named: "d") } == .inUse)
            try fixture.store.queue.steer(run, .cancel)
            #expect(try fixture.store.queue.deleteRun(run).predictions == 0)
            #expect(try fixture.store.catalogue.deletionOfModel(named: "m") == 3)
            try fixture.store.catalogue.deleteModel(named: "m")
            #expect(try fixture.store.catalogue.deletionOfDataSet(named: "d") == 10)
            try fixture.store.catalogue.deleteDataSet(named: "d")
            #expect(code { try fixture.store.catalogue.deleteModel(named: "m") } == .notFound)
            let left = try PostgresConnection(fixture.address).execute(
                "SELECT (SELECT count(*) FROM checkpoint_chunks) + (SELECT count(*) FROM images) AS n")
            #expect(try left.single().int("n") == 0)
        }
    }

    @Test func `every version of a name is reached by its hash, two readings of a file by their numbers, and one alone is deleted`() throws
    {
        try StoreFixture.withStore { fixture in
            func add(_ hash: String, network: String = "") throws -> Int64 {
                try fixture.store.catalogue.addModel(
                    StoredModel(
                        name: "v", sha256: String(repeating: hash, count: 32), network: network, format: "torch", bytes: 3,
                        architecture: "{}", parameters: 7, paperName: nil), layers: []
                ) { $0 == 0 ? [1, 2, 3] : nil }.id
            }
            let (first, second, third) = (try add("ab"), try add("cd"), try add("cd", network: "neuron=if"))
            func numbers(_ name: String) throws -> [Int64] { try fixture.store.catalogue.models(named: name).map(\.id) }
            #expect(try numbers("v") == [third, second, first])
            #expect(try numbers("v@abab") == [first] && numbers("v@CDCD") == [third, second])
            #expect(try numbers("v#\(second)") == [second] && numbers("v#0") == [third, second, first])
            #expect(try numbers("v#\(third + 1)").isEmpty && numbers("v@ab").isEmpty && numbers("v#").isEmpty)
            #expect(try fixture.store.catalogue.deletionOfModel(named: "v@abab") == 3)
            try fixture.store.catalogue.deleteModel(named: "v@abab")
            #expect(try numbers("v") == [third, second])
        }
    }

    @Test func `a checkpoint stays as long as any model names it`() throws {
        try StoreFixture.withStore { fixture in
            func add(_ name: String) throws {
                _ = try fixture.store.catalogue.addModel(
                    StoredModel(
                        name: name, sha256: String(repeating: "ab", count: 32), format: "torch", bytes: 3, architecture: "{}",
                        parameters: 7,
                        paperName: nil), layers: []
                ) { $0 == 0 ? [1, 2, 3] : nil }
            }
            func bytes() throws -> Int {
                var bytes = 0
                try fixture.store.catalogue.forEachChunk(ofCheckpoint: String(repeating: "ab", count: 32)) { bytes += $0.count }
                return bytes
            }
            try add("a")
            try add("b")
            #expect(try fixture.store.catalogue.deletionOfModel(named: "a") == 0)
            try fixture.store.catalogue.deleteModel(named: "a")
            #expect(try bytes() == 3)
            try fixture.store.catalogue.deleteModel(named: "b")
            #expect(try bytes() == 0)
        }
    }

    @Test func `a pruned run keeps its accuracy and its report, and says that its rows are gone`() throws {
        try StoreFixture.withStore { fixture in
            let run = try finished(fixture)
            let queue = fixture.store.queue
            func chosen(secondsAgo seconds: Double = 0) throws -> [RunID] {
                try queue.runs(of: queue.pruningChoice(secondsAgo: seconds, keepsReports: true))
            }
            #expect(try chosen() == [])
            try keepReport(run, fixture)
            #expect(try chosen(secondsAgo: 60) == [])
            #expect(try chosen() == [run])
            let dataset = try #require(try fixture.store.catalogue.dataSets(named: "d").first)
            try fixture.store.catalogue.addLabelSet(
                "real", toDataSet: dataset, sha256: [UInt8](repeating: 1, count: 32), labels: (0..<10).map { ($0, [0]) })
            let report = try fixture.store.answers.report(run)
            #expect(report.labelSets.map(\.name) == ["real"])
            #expect(try queue.progress(run).first?.stateWords == "incomplete, 9 of 10")
            #expect(try queue.pruneRun(run).predictions == 9)
            #expect(try fixture.store.answers.report(run) == report)
            // A coordinator that made the report meanwhile comes too late.
            try fixture.store.answers.keepReport(run, json: "{}")
            #expect(try fixture.store.answers.report(run) == report)
            let left = try counts(fixture, of: run)
            #expect(
                left == [
                    "prediction_rows": 0, "shard_activity": 0, "shards": 0, "image_failures": 0, "run_figures": 1, "reports": 1, "runs": 1,
                ])
            let accuracy = try PostgresConnection(fixture.address).execute("SELECT * FROM run_accuracy").single()
            #expect(try accuracy.int("images_evaluated") == 9 && accuracy.int("images_failed") == 1)
            let progress = try #require(try queue.progress(run).first)
            #expect(progress.shardsDone == 3 && progress.prunedAt?.hasSuffix("Z") == true)
            #expect(progress.stateWords == "incomplete, 9 of 10, pruned" && !progress.isTroubled)
            #expect(try chosen() == [])
            let answers = fixture.store.answers
            for body: () throws -> Void in [
                { _ = try fixture.store.answers.digest(of: run) }, { _ = try fixture.store.queue.reopen(run) },
                { _ = try fixture.store.answers.pageContent(of: run) },
                { try answers.forEachPrediction(of: run) { _, _ in } }, { _ = try answers.stored(of: run, ordinals: [0]) },
                { _ = try answers.pairedCounts(run, run) }, { try answers.requireSameImages(run, run) },
                { _ = try answers.differences(run, run, limit: 1) }, { _ = try answers.provenance(of: run) },
                { _ = try answers.modelName(of: run) }, { _ = try queue.unprunedRun(run) },
                { _ = try queue.deadShards(of: run) }, { _ = try queue.history(of: 0, in: run) },
                { _ = try queue.dropDead(run, shards: nil) },
            ] {
                #expect(#expect(throws: Failure.self) { try body() }?.code == .runState)
            }
            #expect(try fixture.store.answers.runsWithoutReport() == [])
            #expect(try fixture.store.queue.deleteRun(run).predictions == 0)
        }
    }

    @Test(arguments: [false, true])
    func `runs that ended anew, go on or are gone since they were listed are left alone, and the others pruned`(keepsReports: Bool) throws {
        try StoreFixture.withStore { fixture in
            let queue = fixture.store.queue
            let runs = try (0..<4).map { _ in try finished(fixture) }
            for run in runs { try keepReport(run, fixture) }
            let choice = try queue.pruningChoice(secondsAgo: 0, keepsReports: keepsReports)
            #expect(try queue.runs(of: choice) == runs)
            #expect(try queue.room(of: runs).predictions == 36)
            #expect(try queue.reopen(runs[0]) == 1)
            try finish(runs[0], fixture)
            try keepReport(runs[0], fixture)
            #expect(try queue.reopen(runs[1]) == 1)
            _ = try queue.deleteRun(runs[2])
            let before = try [counts(fixture, of: runs[0]), counts(fixture, of: runs[1])]
            let (freed, skipped) = try queue.prune(runs, choice)
            #expect(freed.runs == 1 && freed.predictions == 9)
            #expect(
                skipped.map(\.message) == [
                    "run \(runs[0]) was resumed or pruned since the runs were listed",
                    "run \(runs[1]) is running, it cannot be deleted", "there is no run \(runs[2])",
                ])
            #expect(try [counts(fixture, of: runs[0]), counts(fixture, of: runs[1])] == before)
            let pruned = try counts(fixture, of: runs[3])
            #expect(pruned["prediction_rows"] == 0 && pruned["runs"] == (keepsReports ? 1 : 0))
        }
    }

    @Test func `a cancelled run has no report to keep, and stays as it is where reports are kept`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit()
            try fixture.store.queue.steer(run, .cancel)
            for keepsReports in [true, false] {
                let choice = try fixture.store.queue.pruningChoice(secondsAgo: 0, keepsReports: keepsReports)
                #expect(try fixture.store.queue.runs(of: choice) == (keepsReports ? [] : [run]))
            }
        }
    }

    @Test func `a list of what was given up of a run that is not there says so`() throws {
        try StoreFixture.withStore { fixture in
            let failure = #expect(throws: Failure.self) { try fixture.store.queue.deadShards(of: RunID(99)) }
            #expect(failure?.code == .notFound)
            let all = try fixture.store.queue.deadShards()
            #expect(all == [])
        }
    }

    @Test func `a submission takes up the newest run that is there, and none that was pruned`() throws {
        try StoreFixture.withStore { fixture in
            let first = try finished(fixture)
            let second = try finished(fixture)
            let specification = try fixture.store.queue.run(first).specification
            func submitted() throws -> RunID {
                try fixture.store.queue.submitOnce(specification, plan: RunPlan(shardSize: 4), images: 10).run
            }
            #expect(try submitted() == second)
            try fixture.store.queue.steer(second, .cancel)
            _ = try fixture.store.queue.deleteRun(second)
            #expect(try submitted() == first)
            try fixture.store.queue.steer(first, .cancel)
            _ = try fixture.store.queue.pruneRun(first)
            let third = try submitted()
            #expect(third > second)
            #expect(try submitted() == third)
        }
    }

    @Test func `workers go when they ended long ago and nothing names them`() throws {
        try StoreFixture.withStore { fixture in
            _ = try finished(fixture)
            _ = try fixture.worker()
            let live = try fixture.worker()
            try PostgresConnection(fixture.address).executeScript(
                "UPDATE workers SET state = 'stopped', last_heartbeat_at = now() - interval '31 days' WHERE worker_id <> \(live)")
            #expect(try fixture.store.queue.removeOldWorkers() == 1)
            #expect(try fixture.store.queue.workers(all: true).map(\.id) == [1, live])
        }
    }

    @Test func `a dead letter of a hundred thousand images fits a message`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 100_000, size: 100_000, maxAttempts: 1)
            let worker = try fixture.worker()
            let lease = try #require(try fixture.claimNext(of: run, worker: worker))
            let long = String(repeating: "x", count: 100_000)
            try fixture.store.queue.fail(lease, AttemptFailure(.permanent, code: "image.unreadable", message: long), worker: worker)
            _ = try fixture.store.queue.rescue(policy: StoreFixture.policy())
            let letter = try #require(try fixture.store.queue.unsentDeadLetters().first)
            #expect(letter.range.imageCount == 100_000)
            #expect(letter.json.utf8.count < 100_000)
            #expect(
                letter.json.contains("\"image_count\" : 100000") && letter.json.contains("cat/99.jpg")
                    && !letter.json.contains("cat/100.jpg"))
        }
    }
}
