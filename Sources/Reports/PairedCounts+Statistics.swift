package import Evaluation
internal import Foundation

extension PairedCounts {
    /// Accuracy of A less accuracy of B.
    package var difference: Double { images == 0 ? 0 : Double(aOnly - bOnly) / Double(images) }

    /// Newcombe's square-and-add score interval for a difference of paired proportions (Statistics in Medicine 17, 1998, method 10).
    package var differenceInterval: Interval {
        guard images > 0 else { return Interval(low: -1, high: 1) }
        let (a, b) = (Double(aCorrect) / Double(images), Double(bCorrect) / Double(images))
        let (forA, forB) = (Interval.wilson(aCorrect, of: images), Interval.wilson(bCorrect, of: images))
        let phi = correlation
        func spread(_ one: Double, _ other: Double) -> Double {
            max(0, one * one - 2 * phi * one * other + other * other).squareRoot()
        }
        return Interval(
            low: max(-1, difference - spread(a - forA.low, forB.high - b)), high: min(1, difference + spread(forA.high - a, b - forB.low)))
    }

    /// Correlation of being right in A and in B, with Newcombe's continuity correction where it is positive.
    private var correlation: Double {
        let margins = Double(aCorrect) * Double(bOnly + neither) * Double(bCorrect) * Double(aOnly + neither)
        guard margins > 0 else { return 0 }
        let cross = Double(both) * Double(neither) - Double(aOnly) * Double(bOnly)
        return (cross > 0 ? max(cross - Double(images) / 2, 0) : cross) / margins.squareRoot()
    }

    /// Exact two-sided McNemar test: the binomial test of the discordant images against one half. Below 1e-290 it is 0.
    package var mcnemarExactP: Double {
        let n = discordant
        let fewer = min(aOnly, bOnly)
        guard 2 * fewer < n - 1 else { return 1 }
        // binomial(n, fewer) / 2^n: halved whenever it grows, so that it neither overflows nor loses digits.
        var term = 1.0
        var halves = n
        for index in 0..<fewer {
            term *= Double(n - fewer + index + 1) / Double(index + 1)
            while term > 1, halves > 0 {
                term /= 2
                halves -= 1
            }
        }
        term *= halves > 1000 ? 0 : pow(2, -Double(halves))
        guard term >= 1e-290 else { return 0 }
        var total = term
        for index in stride(from: fewer, to: 0, by: -1) {
            term *= Double(index) / Double(n - index + 1)
            total += term
            if term < total * 1e-18 { break }
        }
        return min(1, 2 * total)
    }

    /// The least difference that so many images, so many of them discordant, show at the 5 % level four times in five; nil below six images,
    /// which can show none.
    package var resolvableDifference: Double? { McNemarPower.resolvableDifference(images: images, discordant: discordant) }
}

/// Corrections of several p values for their number.
package enum MultipleTesting {
    /// Holm's step-down correction, in the order of `p`.
    package static func holm(_ p: [Double]) -> [Double] {
        var adjusted = p
        var highest = 0.0
        let order = p.indices.sorted { p[$0] == p[$1] ? $0 < $1 : p[$0] < p[$1] }
        for (rank, place) in order.enumerated() {
            highest = max(highest, Double(p.count - rank) * p[place])
            adjusted[place] = min(1, highest)
        }
        return adjusted
    }
}
