internal import Foundation
package import Reports

/// How much longer, or larger, something gets where a run gets larger: the exponent e of `time ~ size^e`. 1 is linear.
package struct Growth: Sendable, Hashable {
    package var what: String
    package var from: Int
    package var to: Int
    package var exponent: Double

    /// - Parameter measured: of a run of `from` and of `to` images or shards; what is next to nothing, below `floor`, counts as that.
    package init(_ what: String, from: Int, to: Int, measured: (Double, Double), floor: Double) {
        self.what = what
        self.from = from
        self.to = to
        exponent = log(max(measured.1, floor) / max(measured.0, floor)) / log(Double(to) / Double(from))
    }

    /// Between each measurement and the next of the same images or of the same number of images per shard.
    package static func of(_ measurements: [PipelineMeasurement]) -> [Growth] {
        zip(measurements, measurements.dropFirst()).flatMap { first, second -> [Growth] in
            let growsByImages = first.shardSize == second.shardSize && first.images < second.images
            let growsByShards = first.images == second.images && first.shards < second.shards
            guard growsByImages || growsByShards else { return [] }
            let (unit, from, to) = growsByImages ? ("images", first.images, second.images) : ("shards", first.shards, second.shards)
            func growth(_ what: String, _ measured: (Double, Double), floor: Double) -> Growth {
                Growth("\(what) by \(unit)", from: from, to: to, measured: measured, floor: floor)
            }
            return [
                growth("run seconds", (first.seconds, second.seconds), floor: 0.05),
                growth("submit seconds", (first.submitSeconds, second.submitSeconds), floor: 0.05),
                growth("coordinator cpu seconds", (first.coordinator.cpuSeconds, second.coordinator.cpuSeconds), floor: 0.05),
                growth("coordinator peak MB", (first.coordinator.peakMB, second.coordinator.peakMB), floor: 1),
            ]
                + zip(first.views, second.views).map { view, larger in
                    growth("view \(view.name)", (view.seconds, larger.seconds), floor: 0.01)
                }
        }
    }

    /// Growths as a table.
    package static func rendered(_ growths: [Growth], as format: OutputFormat) -> String {
        let table = TextTable(
            [.init("what"), .init("from", .right), .init("to", .right), .init("exponent", .right)],
            rows: growths.map {
                [$0.what, NumberText.grouped($0.from), NumberText.grouped($0.to), NumberText.fixed($0.exponent, 2)]
            })
        return format == .markdown ? table.markdown() : table.plain()
    }
}
