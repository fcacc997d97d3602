internal import Diagnostics
package import Evaluation

/// A run's predictions as CSV: `file,label,top1..top5,pred_t1..pred_tT,spikes,synops`, in the manifest's order.
///
/// Networks of fewer than five classes leave the last `top` columns empty.
package enum PredictionTable {
    package static func header(timeSteps: Int) -> String {
        let ranks = (1...5).map { "top\($0)" }
        let steps = (1...timeSteps).map { "pred_t\($0)" }
        return (["file", "label"] + ranks + steps + ["spikes", "synops"]).joined(separator: ",") + "\n"
    }

    package static func row(_ prediction: Prediction, path: String) -> String {
        let ranks = (0..<5).map { $0 < prediction.top5.count ? String(prediction.top5[$0]) : "" }
        let fields =
            [quoted(path), String(prediction.label)] + ranks + prediction.topByTimeStep.map { String($0) } + [
                String(prediction.spikesByTimeStep.reduce(0, +)), String(prediction.synapticOperationsByTimeStep.reduce(0, +)),
            ]
        return fields.joined(separator: ",") + "\n"
    }

    /// RFC 4180: fields with commas or quotes stand in quotes. What a spreadsheet would take for a formula has an apostrophe before it, and control
    /// characters are written out.
    static func quoted(_ text: String) -> String {
        let field = ("=+-@".unicodeScalars.contains(text.unicodeScalars.first ?? " ") ? "'" : "") + text.printable
        guard field.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
