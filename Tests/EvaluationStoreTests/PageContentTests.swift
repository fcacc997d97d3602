import Evaluation
import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

/// What a run's page is made of, on a real PostgreSQL.
@Suite(.requiresPostgres) struct PageContentTests {
    private typealias Row = AnswersFixture.Row

    @Test func `a page's parts are the answers that other commands give`() throws {
        try AnswersFixture.withStore { fixture in
            let run = try fixture.run(
                (0..<40).map { Row(label: $0 % 4, top: [0, $0 % 3], margins: [Float($0) / 8, 2], spikes: [$0, 2], synops: [7, $0]) })
            let content = try fixture.store.answers.pageContent(of: run, worstImages: 5)
            #expect(content.report == (try fixture.store.answers.report(run)))
            #expect(content.anytime == (try fixture.store.answers.anytimeCurve(of: fixture.store.queue.run(run))))
            #expect(content.groups == (try fixture.store.answers.layerFiring(of: run)) && content.groups.count == 1)
            #expect(content.synapses == (try fixture.store.answers.layerOperations(of: run)) && content.synapses.count == 1)
            #expect(content.classes == (try fixture.store.answers.classAccuracies(of: run)) && content.classes.count == 4)
            #expect(content.confusion.isWhole && content.confusion.labels == [0, 1, 2, 3])
            #expect(content.confusion.cells == (try fixture.store.answers.confusion(of: run)))
            #expect(content.confusion.cells.reduce(0) { $0 + $1.images } == 40)
            #expect(
                content.worst.map(\.mistake) == (try fixture.store.answers.mistakes(of: run, by: .margin, limit: 5))
                    && content.worst.count == 5)
            #expect(content.worst.allSatisfy { $0.bytes == 5 && $0.sha256.count == 32 })
            #expect(content.dataSetFolder == "/images" && content.pixelLimit == 1000 && content.report.failures == [])
            #expect(content.certificate == nil)
        }
    }

    @Test func `the report's accuracies and intervals by time step are those of the view`() throws {
        try AnswersFixture.withStore { fixture in
            let run = try fixture.run((0..<37).map { Row(label: $0 % 4, top: [$0 % 2, $0 % 3, 0]) })
            let report = try fixture.store.answers.report(run)
            let rows = try PostgresConnection(fixture.address).execute(
                "SELECT top1_accuracy, top1_low, top1_high FROM anytime_accuracy WHERE run_id = $1 ORDER BY timestep",
                [.int64(run.rawValue)])
            #expect(try rows.map { try $0.double("top1_accuracy") } == report.top1ByTimeStep)
            #expect(
                try rows.map { Interval(low: try $0.double("top1_low"), high: try $0.double("top1_high")) }
                    == report.top1ByTimeStepIntervals)
        }
    }

    @Test func `every image is in one bin of each phase, and no time is outside its bin`() throws {
        try AnswersFixture.withStore { fixture in
            let run = try fixture.run((0..<20).map { _ in Row(top: [0]) })
            let times = [
                0, 1, 2, 9, 10, 11, 99, 100, 101, 999, 1000, 1001, 12_345, 99_999, 100_000, 1_000_000, 10_000_000, 2_147_483_647, 5, 7,
            ]
            let connection = try PostgresConnection(fixture.address)
            for (ordinal, time) in times.enumerated() {
                try connection.execute(
                    "UPDATE prediction_rows SET total_us = $2::integer WHERE run_id = $1 AND ordinal = $3::integer",
                    [.int64(run.rawValue), .int(time), .int(ordinal)])
            }
            let bins = try fixture.store.answers.latencyHistogram(of: run)
            for phase in ["decode", "preprocess", "inference", "total"] {
                #expect(bins.filter { $0.phase == phase }.reduce(0) { $0 + $1.images } == 20, "\(phase)")
            }
            for time in times {
                let value = max(Double(time), 1)
                // Powers of ten begin their bin; the bounds of other bins are no whole numbers.
                let own = bins.filter {
                    $0.phase == "total" && $0.lowMicroseconds <= value * (1 + 1e-12) && value * (1 + 1e-12) < $0.highMicroseconds
                }
                #expect(own.count == 1, "\(time)")
            }
        }
    }

    @Test func `a worker's images are spread over the run's time, and none is lost`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 12, size: 4)
            let workers = [try fixture.worker(), try fixture.worker()]
            for (index, attempt) in try fixture.publish(run, limit: 3).enumerated() {
                let worker = workers[index % 2]
                let lease = try #require(try fixture.store.queue.claim(attempt, worker: worker, leaseSeconds: 30))
                try fixture.store.queue.store(StoreFixture.result(for: lease), lease: lease, worker: worker)
            }
            let connection = try PostgresConnection(fixture.address)
            // The run takes 10 s. The first worker's shards take 0 to 5 s and 9 to 10 s, the second's 2.5 to 7.5 s.
            try connection.executeScript(
                """
                UPDATE runs SET state = 'finished', started_at = '2026-01-01', finished_at = '2026-01-01 00:00:10';
                UPDATE shards SET claimed_at = '2026-01-01', finished_at = '2026-01-01 00:00:05' WHERE shard = 0;
                UPDATE shards SET claimed_at = '2026-01-01 00:00:02.5', finished_at = '2026-01-01 00:00:07.5' WHERE shard = 1;
                UPDATE shards SET claimed_at = '2026-01-01 00:00:09', finished_at = '2026-01-01 00:00:10' WHERE shard = 2;
                """)
            let found = try fixture.store.answers.workerThroughput(of: run, intervals: 4)
            #expect(found.map(\.worker) == workers && found.map(\.images) == [8, 4])
            #expect(found.map(\.intervalSeconds) == [2.5, 2.5])
            #expect(found[0].rates == [0.8, 0.8, 0, 1.6] && found[1].rates == [0, 0.8, 0.8, 0])
            // A worker whose clock of claims is not known has done its images at their end.
            try connection.executeScript("UPDATE shards SET claimed_at = NULL WHERE shard = 1")
            #expect(try fixture.store.answers.workerThroughput(of: run, intervals: 4)[1].rates == [0, 0, 0, 1.6])
            try connection.executeScript("UPDATE runs SET state = 'running', started_at = NULL, finished_at = NULL")
            #expect(try fixture.store.answers.workerThroughput(of: run).isEmpty)
        }
    }

    @Test func `failures are counted by cause, and a run without rows has a page's content`() throws {
        try StoreFixture.withStore { fixture in
            let run = try fixture.submit(images: 10, size: 10)
            #expect(try fixture.store.answers.pageContent(of: run).report.images.evaluated == 0)
            let worker = try fixture.worker()
            let lease = try #require(try fixture.claimNext(of: run, worker: worker))
            try fixture.store.queue.store(StoreFixture.result(for: lease, failing: [3, 7]), lease: lease, worker: worker)
            let content = try fixture.store.answers.pageContent(of: run)
            #expect(content.report.failures == [FailureCount(code: "image.truncated", images: 2, example: "cat/3.jpg")])
            #expect(abs(try #require(content.throughput.first).images - 10) < 1e-9)
        }
    }

    @Test func `of many classes the block of the most confused ones is told, with its cells alone`() throws {
        try AnswersFixture.withStore { fixture in
            // 100 classes; class c is taken for c + 1 as often as c, from 90 on.
            let images =
                (0..<100).map { Row(label: $0, top: [$0]) }
                + (90..<99).flatMap { label in (0..<label - 80).map { _ in Row(label: label, top: [label + 1]) } }
            let run = try fixture.run(images)
            let excerpt = try fixture.store.answers.pageContent(of: run).confusion
            #expect(!excerpt.isWhole && excerpt.labels == Array(90...99))
            #expect(excerpt.pairs.first.map { [$0.label, $0.other, $0.images] } == [98, 99, 18])
            #expect(
                excerpt.cells.count == 19
                    && excerpt.cells.allSatisfy { excerpt.labels.contains($0.label) && excerpt.labels.contains($0.predicted) })
        }
    }

    @Test func `thresholds of early exits may be given in any order and more than once`() throws {
        try AnswersFixture.withStore { fixture in
            let run = try fixture.run((0..<10).map { Row(top: [0, 0, 0], margins: [Float($0), 5, 1]) })
            let connection = try PostgresConnection(fixture.address)
            func ask(_ parameters: String) throws -> [[Double]] {
                try connection.execute(
                    "SELECT parameter, images, timesteps_per_image FROM early_exit($1, 'margin', \(parameters)) ORDER BY parameter",
                    [.int64(run.rawValue)]
                ).map { [try $0.double("parameter"), Double(try $0.int("images")), try $0.double("timesteps_per_image")] }
            }
            let wanted = [[4.0, 10, 1.4], [6, 10, 2.2]]
            #expect(try ask("ARRAY[4, 6]") == wanted)
            #expect(try ask("ARRAY[6, 4, 6, NULL]") == wanted)
            #expect(try ask("ARRAY[]::double precision[]").isEmpty)
        }
    }
}
