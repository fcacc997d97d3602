/// Mean and variance of a stream of values, in double precision and in the order they come.
struct Moments: Sendable {
    private var count = 0
    private var sum = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        squares += value * value
    }

    var mean: Float {
        count == 0 ? 0 : Float(sum / Double(count))
    }

    /// The unbiased variance, as PyTorch's `running_var` keeps it.
    var variance: Float {
        guard count > 1 else { return 0 }
        return Float(max(0, squares - sum * sum / Double(count)) / Double(count - 1))
    }
}

/// Statistics of every batch normalisation's input, by module path.
struct Calibration: Sendable {
    private(set) var means: [String: [Float]] = [:]
    private(set) var variances: [String: [Float]] = [:]

    private let total: Int
    private let progress: @Sendable (_ done: Int, _ total: Int) -> Void

    init(total: Int, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) {
        self.total = total
        self.progress = progress
    }

    mutating func record(path: String, _ moments: [Moments]) {
        means[path] = moments.map(\.mean)
        variances[path] = moments.map(\.variance)
        progress(means.count, total)
    }
}
