import Evaluation
import Foundation
import Reports
import Testing

/// What `Tests/Fixtures/statistics/make.py` wrote.
struct StatisticsFixture: Decodable {
    struct Proportion: Decodable {
        var successes: Int
        var trials: Int
        var interval: Interval
    }

    struct Paired: Decodable {
        var both: Int
        var aOnly: Int
        var bOnly: Int
        var neither: Int
        var difference: Double
        var interval: Interval
        var mcnemarExactP: Double
        var resolvable: Double?

        var counts: PairedCounts { PairedCounts(both: both, aOnly: aOnly, bOnly: bOnly, neither: neither) }
    }

    struct Correction: Decodable {
        var p: [Double]
        var adjusted: [Double]
    }

    var wilson: [Proportion]
    var paired: [Paired]
    var holm: [Correction]

    static func load() throws -> StatisticsFixture {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/statistics/scipy.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(StatisticsFixture.self, from: Data(contentsOf: file))
    }
}

@Suite struct StatisticsTests {
    /// Relative where the value is small, as p values are.
    private func expectEqual(_ found: Double, _ wanted: Double, _ what: String) {
        #expect(abs(found - wanted) <= 1e-12 + 1e-9 * abs(wanted), "\(what): \(found), SciPy \(wanted)")
        if wanted != 0 { #expect(abs(found / wanted - 1) <= 1e-6, "\(what): \(found), SciPy \(wanted)") }
    }

    @Test func `Wilson intervals are SciPy's`() throws {
        for one in try StatisticsFixture.load().wilson {
            let interval = Interval.wilson(one.successes, of: one.trials)
            expectEqual(interval.low, one.interval.low, "\(one.successes) of \(one.trials)")
            expectEqual(interval.high, one.interval.high, "\(one.successes) of \(one.trials)")
        }
        #expect(Interval.wilson(0, of: 0) == Interval(low: 0, high: 1))
    }

    @Test func `differences, their intervals, exact p values and what can be resolved are SciPy's`() throws {
        for one in try StatisticsFixture.load().paired {
            let counts = one.counts
            let name = "\(counts)"
            expectEqual(counts.difference, one.difference, name)
            expectEqual(counts.differenceInterval.low, one.interval.low, name)
            expectEqual(counts.differenceInterval.high, one.interval.high, name)
            expectEqual(counts.mcnemarExactP, one.mcnemarExactP, name)
            #expect((counts.resolvableDifference == nil) == (one.resolvable == nil), "\(name)")
            if let found = counts.resolvableDifference, let wanted = one.resolvable { expectEqual(found, wanted, name) }
        }
    }

    @Test func `Holm's correction keeps the order of the values and never falls`() throws {
        for one in try StatisticsFixture.load().holm {
            let found = MultipleTesting.holm(one.p)
            #expect(found.count == one.adjusted.count)
            for (found, wanted) in zip(found, one.adjusted) { expectEqual(found, wanted, "\(one.p)") }
        }
    }

    @Test func `an exact test of very many discordant images neither overflows nor takes long`() {
        #expect(PairedCounts(both: 0, aOnly: 50000, bOnly: 0, neither: 0).mcnemarExactP == 0)
        #expect(PairedCounts(both: 0, aOnly: 500_000, bOnly: 500_001, neither: 0).mcnemarExactP == 1)
        let p = PairedCounts(both: 0, aOnly: 25_300, bOnly: 24_700, neither: 0).mcnemarExactP
        #expect(p > 0.0073 && p < 0.0075)
    }
}
