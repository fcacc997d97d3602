internal import Diagnostics
internal import Evaluation
internal import Postgres

/// A prediction as `prediction_rows` keeps it; the comments of the table's columns say what stands where.
///
/// Counts are kept up to each time step, so that the sum of all needs no summing. Those of 31 bits fill one number; where one needs more, it
/// is written as -1 less its lower 31 bits, and the upper halves of all counts follow at the end.
struct PredictionRow: Hashable {
    var timeSteps: Int
    var outcome: [Int32]
    var logits: [Float]

    init(_ prediction: Prediction) {
        timeSteps = prediction.topByTimeStep.count
        let counts = Self.sums(prediction.spikesByTimeStep) + Self.sums(prediction.synapticOperationsByTimeStep)
        outcome = prediction.labelRankByTimeStep.map { Int32(clamping: $0) }
        outcome += counts.map { $0 <= Int(Int32.max) ? Int32($0) : Int32(-1 - ($0 & Int(Int32.max))) }
        outcome += (prediction.topByTimeStep.dropLast() + prediction.top5).map { Int32(clamping: $0) }
        if counts.contains(where: { $0 > Int(Int32.max) }) { outcome += counts.map { Int32(clamping: $0 >> 31) } }
        logits = prediction.marginByTimeStep + prediction.scores
    }

    private static func sums(_ steps: [Int]) -> [Int] {
        var sum = 0
        return steps.map { step in
            sum += step
            return sum
        }
    }
}

extension PredictionRow {
    /// What ``prediction(_:)`` reads, of a row of `prediction_rows` named `p`.
    static let columns = "p.ordinal, p.label, p.timesteps, p.outcome, p.logits, p.decode_us, p.preprocess_us, p.inference_us, p.total_us"

    /// - Throws: `database.unexpected_result` where the arrays do not fit each other.
    static func prediction(_ row: PostgresRow) throws -> Prediction {
        let steps = try row.int("timesteps")
        let outcome = try row.ints("outcome")
        let logits = try row.doubles("logits").map(Float.init)
        let classes = logits.count - steps
        guard steps > 0, classes > 0, [4 * steps - 1 + classes, 6 * steps - 1 + classes].contains(outcome.count) else {
            throw Failure(.databaseUnexpectedResult, "A row of prediction_rows has arrays that do not fit each other")
        }
        let uppers = outcome.dropFirst(4 * steps - 1 + classes)
        let counts = try outcome[steps..<3 * steps].enumerated().map { place, count in
            guard count < 0 else { return count }
            guard !uppers.isEmpty else {
                throw Failure(.databaseUnexpectedResult, "A row of prediction_rows lacks the upper halves of its counts")
            }
            return (uppers[uppers.startIndex + place] << 31) - 1 - count
        }
        return Prediction(
            ordinal: try row.int("ordinal"), label: try row.int("label"), top5: Array(outcome[(4 * steps - 1)..<(4 * steps - 1 + classes)]),
            scores: Array(logits[steps...]), topByTimeStep: Array(outcome[3 * steps..<4 * steps]),
            labelRankByTimeStep: Array(outcome[..<steps]), marginByTimeStep: Array(logits[..<steps]),
            spikesByTimeStep: differences(counts[..<steps]), synapticOperationsByTimeStep: differences(counts[steps...]),
            latency: Latency(
                decode: try row.int("decode_us"), preprocess: try row.int("preprocess_us"), inference: try row.int("inference_us"),
                total: try row.int("total_us")))
    }

    private static func differences(_ sums: ArraySlice<Int>) -> [Int] {
        zip(sums, [0] + sums).map { $0 - $1 }
    }
}
