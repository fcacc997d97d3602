/// What a tensor's values come to.
struct WeightSummary {
    /// Bins of ``counts``, an odd number: the middle one has 0 in its middle.
    static let bins = 41

    var count: Int
    var mean: Double
    /// Standard deviation.
    var deviation: Double
    var least: Float
    var most: Float
    var zeros: Int
    /// The largest magnitude: the histogram goes from minus to plus this.
    var reach: Float
    /// How many values lie in each bin.
    var counts: [Int]

    init(_ values: [Float]) {
        count = values.count
        var (sum, squares) = (0.0, 0.0)
        var (low, high, zero) = (Float.infinity, -Float.infinity, 0)
        for value in values {
            sum += Double(value)
            squares += Double(value) * Double(value)
            low = min(low, value)
            high = max(high, value)
            if value == 0 { zero += 1 }
        }
        mean = values.isEmpty ? 0 : sum / Double(count)
        deviation = values.isEmpty ? 0 : max(squares / Double(count) - mean * mean, 0).squareRoot()
        (least, most) = values.isEmpty ? (0, 0) : (low, high)
        zeros = zero
        reach = max(abs(least), abs(most))
        counts = Self.histogram(values, reach: reach)
    }

    /// Counts of values by bin, from `-reach` to `reach`.
    static func histogram(_ values: [Float], reach: Float) -> [Int] {
        var counts = [Int](repeating: 0, count: bins)
        guard reach > 0 else {
            counts[bins / 2] = values.count
            return counts
        }
        // In Float, the largest weights would overflow here, and the smallest ones the scale.
        let scale = Double(bins) / (2 * Double(reach))
        for value in values { counts[min(max(Int((Double(value) + Double(reach)) * scale), 0), bins - 1)] += 1 }
        return counts
    }
}
