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

    /// Counted outcome by outcome with the test that is used: how often it finds the better run, and which.
    private func countedPower(difference: Double, images: Int, rate: Double) -> Double {
        let rate = max(rate, difference)
        let share = (1 + difference / rate) / 2
        func probability(_ hits: Int, of trials: Int, _ rate: Double) -> Double {
            guard rate > 0, rate < 1 else { return hits == (rate > 0 ? trials : 0) ? 1 : 0 }
            let ways = lgamma(Double(trials + 1)) - lgamma(Double(hits + 1)) - lgamma(Double(trials - hits + 1))
            return exp(ways + Double(hits) * log(rate) + Double(trials - hits) * log(1 - rate))
        }
        var power = 0.0
        for discordant in 1...images {
            let weight = probability(discordant, of: images, rate)
            guard weight > 1e-14 else { continue }
            for better in (discordant + 1) / 2...discordant {
                let counts = PairedCounts(both: 0, aOnly: better, bOnly: discordant - better, neither: images - discordant)
                if counts.mcnemarExactP <= 0.05 { power += weight * probability(better, of: discordant, share) }
            }
        }
        return power
    }

    @Test(arguments: [6, 7, 10, 17, 33, 60, 120, 2000])
    func `the resolvable difference is the least that the exact test shows four times in five`(images: Int) throws {
        for discordant in [0, 1, images / 20, images / 5, images / 2, images] where images < 500 || discordant <= images / 5 {
            let least = try #require(McNemarPower.resolvableDifference(images: images, discordant: discordant))
            let rate = Double(discordant) / Double(images)
            let power = countedPower(difference: least, images: images, rate: rate)
            #expect(power >= 0.8 - 1e-9, "\(discordant) of \(images): \(least) is shown with \(power)")
            #expect(countedPower(difference: least * 0.999, images: images, rate: rate) < 0.8, "\(discordant) of \(images): \(least)")
            #expect(
                abs(
                    McNemarPower.power(difference: least / 2, images: images, discordantRate: rate)
                        - countedPower(difference: least / 2, images: images, rate: rate)) < 1e-9)
        }
        #expect(McNemarPower.resolvableDifference(images: 5, discordant: 5) == nil)
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
