package import Evaluation

/// A run's predictions as a flat table, in the manifest's order: `file,label,top1..top5,pred_t1..pred_tT,spikes,synops`, and behind them where they
/// are wanted the rest of the row.
///
/// Networks of fewer than five classes leave the last `top` and `score` columns empty.
package struct PredictionExport: Sendable {
    private let timeSteps: Int
    private let isWhole: Bool

    /// - Parameter isWhole: whether the rest of the row is wanted.
    package init(timeSteps: Int, isWhole: Bool) {
        self.timeSteps = timeSteps
        self.isWhole = isWhole
    }

    package var columns: [ExportColumn] {
        func perStep(_ name: String, _ kind: ExportColumn.Kind) -> [ExportColumn] {
            (1...timeSteps).map { ExportColumn("\(name)_t\($0)", kind) }
        }
        let basic =
            [ExportColumn("file", .text), ExportColumn("label", .int32)]
            + (1...5).map { ExportColumn("top\($0)", .int32, isOptional: true) } + perStep("pred", .int32)
            + [ExportColumn("spikes", .int64), ExportColumn("synops", .int64)]
        guard isWhole else { return basic }
        return basic + (1...5).map { ExportColumn("score\($0)", .float32, isOptional: true) } + perStep("label_rank", .int32)
            + perStep("margin", .float32) + perStep("spikes", .int64) + perStep("synops", .int64)
            + ["decode_us", "preprocess_us", "inference_us", "total_us"].map { ExportColumn($0, .int32) }
    }

    package func row(_ prediction: Prediction, path: String) -> [ExportValue] {
        let ranks = (0..<5).map { $0 < prediction.top5.count ? ExportValue.integer(prediction.top5[$0]) : .missing }
        let basic =
            [.text(path), .integer(prediction.label)] + ranks + prediction.topByTimeStep.map { ExportValue.integer($0) }
            + [
                .integer(prediction.spikesByTimeStep.reduce(0, +)), .integer(prediction.synapticOperationsByTimeStep.reduce(0, +)),
            ]
        guard isWhole else { return basic }
        let scores = (0..<5).map { $0 < prediction.scores.count ? ExportValue.float32(prediction.scores[$0]) : .missing }
        let times = [prediction.latency.decode, prediction.latency.preprocess, prediction.latency.inference, prediction.latency.total]
        var row = basic + scores + prediction.labelRankByTimeStep.map { ExportValue.integer($0) }
        row += prediction.marginByTimeStep.map { ExportValue.float32($0) }
        row += (prediction.spikesByTimeStep + prediction.synapticOperationsByTimeStep + times).map { ExportValue.integer($0) }
        return row
    }
}

/// A run's activity as a flat table: a row a layer and time step.
package enum ActivityExport {
    package static let columns = [
        ExportColumn("layer", .int32), ExportColumn("name", .text), ExportColumn("kind", .text), ExportColumn("timestep", .int32),
        ExportColumn("firing_rate", .float64, isOptional: true), ExportColumn("spikes_per_image", .float64, isOptional: true),
        ExportColumn("synops_per_image", .float64, isOptional: true),
    ]

    package static func rows(_ report: ActivityReport) -> [[ExportValue]] {
        let groups = report.groups.flatMap { group in
            group.firingRateByTimeStep.enumerated().map { step, rate -> [ExportValue] in
                [
                    .integer(group.layer), .text(group.name), .text("lif"), .integer(step + 1), .float64(rate),
                    .float64(rate * Double(group.neurons)), .missing,
                ]
            }
        }
        let synapses = report.synapses.flatMap { layer in
            layer.operationsByTimeStep.enumerated().map { step, operations -> [ExportValue] in
                [.integer(layer.layer), .text(layer.name), .text("synapse"), .integer(step + 1), .missing, .missing, .float64(operations)]
            }
        }
        return groups + synapses
    }
}
