/// Rates over time, one layer a series, each on top of those before it.
struct StackedAreas {
    struct Series {
        var name: String
        var values: [Double]
    }

    var label: String
    var x: Axis
    var y: Axis
    /// Width of each interval, in the x axis's unit.
    var interval: Double
    var series: [Series]
    var width = 1080.0
    var height = 260.0

    /// The largest sum of all series in one interval.
    static func peak(_ series: [Series]) -> Double {
        (series.first?.values.indices.map { index in series.reduce(0) { $0 + $1.values[index] } } ?? []).max() ?? 0
    }

    var markup: Markup {
        var frame = PlotFrame(x: x, y: y, label: label, width: width, height: height)
        frame.drawLegend(series.enumerated().map { ($1.name, .area($0 % 8)) })
        frame.drawAxes()
        var below = [Double](repeating: 0, count: series.first?.values.count ?? 0)
        for (index, one) in series.enumerated() {
            let above = zip(below, one.values).map { $0 + $1 }
            frame.drawing.path(
                outline(above, frame) + outline(below, frame).reversed(), "f\(index % 8)", closed: true, title: one.name)
            below = above
        }
        return frame.drawing.markup
    }

    /// The upper edge of a layer, in steps.
    private func outline(_ values: [Double], _ frame: PlotFrame) -> [(Double, Double)] {
        values.enumerated().flatMap { index, value in
            [
                (frame.x(Double(index) * interval), frame.y(value)),
                (frame.x(Double(index + 1) * interval), frame.y(value)),
            ]
        }
    }
}
