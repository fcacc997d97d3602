/// The rectangle that a figure's values are drawn in, with its axes and legend.
struct PlotFrame {
    enum Key {
        case mark(Int), line(Int), area(Int), dashes
    }

    var drawing: Drawing
    let xAxis: Axis
    let yAxis: Axis
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    init(x: Axis, y: Axis, label: String, width: Double, height: Double) {
        drawing = Drawing(width: width, height: height, label: label)
        xAxis = x
        yAxis = y
        let widest = y.ticks.map { Drawing.textWidth(y.text($0)) }.max() ?? 0
        left = 24 + max(widest, 20)
        right = width - 14
        top = 30
        bottom = height - 40
    }

    func x(_ value: Double) -> Double { xAxis.place(value, left, right) }
    func y(_ value: Double) -> Double { yAxis.place(value, bottom, top) }

    mutating func drawAxes() {
        for tick in yAxis.ticks {
            drawing.line(left, y(tick), right, y(tick), "grid")
            drawing.text(left - 6, y(tick) + 4, yAxis.text(tick), .end)
        }
        var free = -Double.infinity
        for tick in xAxis.ticks {
            drawing.line(x(tick), bottom, x(tick), bottom + 4, "axis")
            let text = xAxis.text(tick)
            let half = Drawing.textWidth(text) / 2
            guard x(tick) - half > free else { continue }
            free = x(tick) + half + 6
            drawing.text(min(x(tick), drawing.width - half), bottom + 17, text, .middle)
        }
        drawing.line(left, bottom, right, bottom, "axis")
        drawing.text((left + right) / 2, drawing.height - 6, xAxis.title, .middle, style: "dim")
        drawing.text(12, (top + bottom) / 2, yAxis.title, .middle, style: "dim", turned: true)
    }

    /// Names of the series in one line above the values, and in a second one where they are many.
    mutating func drawLegend(_ keys: [(name: String, key: Key)]) {
        guard keys.count > 1 else { return }
        var (x, line) = (left, 14.0)
        for (name, key) in keys {
            let text = Drawing.shortened(name, 26)
            if x + 24 + Drawing.textWidth(text) > drawing.width, x > left { (x, line) = (left, line + 13) }
            switch key {
            case .mark(let style):
                drawing.line(x, line - 4, x + 18, line - 4, "l\(style)")
                drawing.marker(x + 9, line - 4, series: style)
            case .line(let style): drawing.line(x, line - 4, x + 18, line - 4, "l\(style)")
            case .area(let style): drawing.rectangle(x + 4, line - 9, 10, 10, "f\(style)")
            case .dashes: drawing.line(x, line - 4, x + 18, line - 4, "mark")
            }
            drawing.text(x + 22, line, text)
            x += 34 + Drawing.textWidth(text)
        }
    }
}
