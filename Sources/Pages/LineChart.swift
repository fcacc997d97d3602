/// Points joined by lines, with intervals as a band and whiskers.
struct LineChart {
    struct Point {
        var x: Double
        var y: Double
        /// A 95 % interval of y.
        var interval: (low: Double, high: Double)?
        /// Written beside the point.
        var label: String?
        /// Shown where a pointer rests.
        var title: String?
    }

    struct Series {
        var name: String
        var points: [Point]
        /// The colour and the marks' shape.
        var style: Int
        var hasBand = false
        var hasMarks = true
    }

    var label: String
    var x: Axis
    var y: Axis
    var series: [Series]
    /// A dashed line, such as that of the best points.
    var reference: [(x: Double, y: Double)] = []
    var referenceName = ""
    var width = 520.0
    var height = 300.0

    var markup: Markup {
        var frame = PlotFrame(x: x, y: y, label: label, width: width, height: height)
        frame.drawLegend(
            series.map { ($0.name, $0.hasMarks ? .mark($0.style) : .line($0.style)) }
                + (reference.isEmpty ? [] : [(referenceName, .dashes)]))
        frame.drawAxes()
        for one in series {
            if one.hasBand { drawBand(one, &frame) }
        }
        if !reference.isEmpty { frame.drawing.path(reference.map { (frame.x($0.x), frame.y($0.y)) }, "mark") }
        for one in series { draw(one, &frame) }
        return frame.drawing.markup
    }

    private func drawBand(_ one: Series, _ frame: inout PlotFrame) {
        let high = one.points.map { (frame.x($0.x), frame.y($0.interval?.high ?? $0.y)) }
        let low = one.points.map { (frame.x($0.x), frame.y($0.interval?.low ?? $0.y)) }
        frame.drawing.path(high + low.reversed(), "b\(one.style)", closed: true)
    }

    private func draw(_ one: Series, _ frame: inout PlotFrame) {
        frame.drawing.path(one.points.map { (frame.x($0.x), frame.y($0.y)) }, "l\(one.style)")
        for point in one.points {
            let (x, y) = (frame.x(point.x), frame.y(point.y))
            if let interval = point.interval, !one.hasBand || one.points.count == 1 {
                frame.drawing.line(x, frame.y(interval.low), x, frame.y(interval.high), "l\(one.style)")
            }
            if one.hasMarks { frame.drawing.marker(x, y, series: one.style, title: point.title) }
            if let label = point.label {
                let isAtEnd = x + 8 + Drawing.textWidth(label) > frame.right
                frame.drawing.text(isAtEnd ? x - 7 : x + 7, y + (isAtEnd ? -6 : 13), label, isAtEnd ? .end : .start, style: "small")
            }
        }
    }
}
