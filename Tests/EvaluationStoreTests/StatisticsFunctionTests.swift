import EvaluationStore
import Foundation
import Postgres
import TestSupport
import Testing

/// The SQL functions against what `Tests/Fixtures/statistics/make.py` wrote with SciPy.
@Suite(.requiresPostgres) struct StatisticsFunctionTests {
    private struct Fixture: Decodable {
        struct Proportion: Decodable {
            var successes: Int
            var trials: Int
            var interval: [Double]
        }

        struct Paired: Decodable {
            var both: Int
            var aOnly: Int
            var bOnly: Int
            var neither: Int
            var difference: Double
            var interval: [Double]
            var mcnemarExactP: Double
            var resolvable: Double?
        }

        struct Correction: Decodable {
            var p: [Double]
            var adjusted: [Double]
        }

        var wilson: [Proportion]
        var paired: [Paired]
        var holm: [Correction]
    }

    private func expectEqual(_ found: Double?, _ wanted: Double?, _ what: String) {
        guard let found, let wanted else {
            #expect(found == wanted, "\(what)")
            return
        }
        #expect(abs(found - wanted) <= 1e-12 + 1e-9 * abs(wanted), "\(what): \(found), SciPy \(wanted)")
        if wanted != 0 { #expect(abs(found / wanted - 1) <= 1e-6, "\(what): \(found), SciPy \(wanted)") }
    }

    @Test func `intervals, tests and corrections in SQL are SciPy's`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/statistics/scipy.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let fixture = try decoder.decode(Fixture.self, from: Data(contentsOf: file))
        try StoreFixture.withStore { stored in
            let connection = try PostgresConnection(stored.address)
            for one in fixture.wilson {
                let row = try connection.execute(
                    "SELECT wilson_low($1, $2) AS low, wilson_high($1, $2) AS high", [.int(one.successes), .int(one.trials)]
                ).single()
                expectEqual(try row.double("low"), one.interval[0], "\(one)")
                expectEqual(try row.double("high"), one.interval[1], "\(one)")
            }
            for one in fixture.paired {
                let row = try connection.execute(
                    """
                    SELECT d.difference, d.low, d.high, mcnemar_exact_p($2, $3) AS p, resolvable_difference($1 + $2 + $3 + $4, $2 + $3) AS resolvable
                    FROM paired_difference($1, $2, $3, $4) AS d
                    """, [.int(one.both), .int(one.aOnly), .int(one.bOnly), .int(one.neither)]
                ).single()
                expectEqual(try row.double("difference"), one.difference, "\(one)")
                expectEqual(try row.double("low"), one.interval[0], "\(one)")
                expectEqual(try row.double("high"), one.interval[1], "\(one)")
                expectEqual(try row.double("p"), one.mcnemarExactP, "\(one)")
                expectEqual(try row.doubleIfPresent("resolvable"), one.resolvable, "\(one)")
            }
            for one in fixture.holm {
                let found = try connection.execute("SELECT holm_adjusted($1) AS p", [.float64Array(one.p)]).single().doubles("p")
                #expect(found.count == one.adjusted.count)
                for (found, wanted) in zip(found, one.adjusted) { expectEqual(found, wanted, "\(one)") }
            }
            let empty = try connection.execute(
                "SELECT wilson_low(0, 0) AS wilson, d.difference, d.low, d.high FROM paired_difference(0, 0, 0, 0) AS d"
            ).single()
            #expect(try empty.isNull("wilson") && empty.isNull("difference"))
            #expect(try empty.double("low") == -1 && empty.double("high") == 1)
        }
    }
}
