/// How often the exact two-sided McNemar test finds a difference at the 5 % level, computed and not approximated: the number of discordant images
/// is binomial, and so is the better run's share of them. The SQL functions `mcnemar_power` and `resolvable_difference` give the same.
package enum McNemarPower {
    private static let level = 0.05
    private static let wanted = 0.8
    /// With fewer discordant images no outcome reaches 5 %.
    private static let leastImages = 6

    /// The probability that the test finds the better run.
    /// - Parameters:
    ///   - difference: of the accuracies, above 0, at most 1.
    ///   - images: how many are evaluated.
    ///   - discordantRate: the part of the images that one run alone has right; at least `difference` is taken.
    package static func power(difference: Double, images: Int, discordantRate: Double) -> Double {
        let rate = max(discordantRate, difference)
        let share = (1 + difference / rate) / 2
        let (first, weights) = likely(images, rate)
        var total = 0.0
        // Of `count` discordant images the test asks for `least` on one side: P(X >= least) and P(X = least - 1), by chance and by `share`.
        var least = 1
        var (chanceTail, chancePoint, tail, point) = (0.0, 1.0, 0.0, 1.0)
        for count in 1..<(first + weights.count) {
            chanceTail += chancePoint / 2
            tail += point * share
            if chanceTail > level / 2 {
                let ratio = Double(count) / Double(least)
                chancePoint *= ratio / 2
                point *= ratio * share
                chanceTail -= chancePoint
                tail -= point
                least += 1
            } else {
                let ratio = Double(count) / Double(count + 1 - least)
                chancePoint *= ratio / 2
                point *= ratio * (1 - share)
            }
            if count >= first { total += weights[count - first] * tail }
        }
        return total
    }

    /// The least difference that the test finds four times in five; nil below six images, which can show none.
    /// - Parameter discordant: how many of the images one run alone has right. A difference cannot be larger than their part: where it
    ///   would have to be, as many more images are taken to be discordant.
    package static func resolvableDifference(images: Int, discordant: Int) -> Double? {
        guard images >= leastImages else { return nil }
        let rate = Double(discordant) / Double(images)
        // With all discordant images on one side, twelve are more than enough.
        var (low, high) = (0.0, min(1, max(rate, 12 / Double(images))))
        var (below, above) = (-wanted, 1 - wanted)
        var wasAbove: Bool?
        // False position in the Illinois form; the upper end is returned, at which the promise holds.
        for _ in 0..<100 {
            let middle = (low * above - high * below) / (above - below)
            let excess = power(difference: middle, images: images, discordantRate: rate) - wanted
            if excess >= 0 {
                (high, above) = (middle, excess)
                if wasAbove == true { below /= 2 }
                if excess < 1e-10 { break }
            } else {
                (low, below) = (middle, excess)
                if wasAbove == false { above /= 2 }
            }
            wasAbove = excess >= 0
        }
        return high
    }

    /// Probabilities of so many discordant images, from the first number that is not negligible.
    private static func likely(_ images: Int, _ rate: Double) -> (first: Int, weights: [Double]) {
        let mode = min(images, Int(Double(images + 1) * rate))
        var (up, down) = ([1.0], [Double]())
        var count = mode
        while count < images, let last = up.last, last > 1e-18 {
            up.append(last * Double(images - count) / Double(count + 1) * rate / (1 - rate))
            count += 1
        }
        count = mode
        while count > 0, (down.last ?? 1) > 1e-18 {
            down.append((down.last ?? 1) * Double(count) / Double(images - count + 1) * (1 - rate) / rate)
            count -= 1
        }
        let weights = down.reversed() + up
        let sum = weights.reduce(0, +)
        return (count, weights.map { $0 / sum })
    }
}
