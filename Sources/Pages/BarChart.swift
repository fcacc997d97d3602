/// Horizontal bars with names, intervals and numbers.
struct BarChart {
    struct Bar {
        var name: String
        var value: Double
        var interval: (low: Double, high: Double)?
        /// Written after the bar.
        var text: String
    }

    var label: String
    var axis: Axis
    var bars: [Bar]
    var style = 0
    var width = 520.0

    private static let barHeight = 17.0

    var markup: Markup {
        let names = bars.map { Drawing.shortened($0.name, 28) }
        let left = 10 + (names.map(Drawing.textWidth).max() ?? 0)
        let right = width - 12 - (bars.map { Drawing.textWidth($0.text) }.max() ?? 0)
        let bottom = 6 + Self.barHeight * Double(bars.count)
        var drawing = Drawing(width: width, height: bottom + 38, label: label)
        for tick in axis.ticks {
            let x = axis.place(tick, left, right)
            drawing.line(x, 4, x, bottom + 4, "grid")
            drawing.text(x, bottom + 17, axis.text(tick), .middle)
        }
        drawing.text((left + right) / 2, bottom + 33, axis.title, .middle, style: "dim")
        for (index, bar) in bars.enumerated() {
            let y = 6 + Self.barHeight * Double(index)
            let end = axis.place(bar.value, left, right)
            drawing.text(left - 6, y + 12, names[index], .end)
            drawing.rectangle(
                left, y + 2, max(end - left, 0), Self.barHeight - 5, "f\(style)", title: "\(bar.name): \(bar.text)")
            if let interval = bar.interval {
                let (low, high) = (axis.place(interval.low, left, right), axis.place(interval.high, left, right))
                drawing.line(low, y + 8, high, y + 8, "whisker")
                drawing.line(low, y + 5, low, y + 11, "whisker")
                drawing.line(high, y + 5, high, y + 11, "whisker")
            }
            drawing.text(width - 4, y + 12, bar.text, .end, style: "dim")
        }
        drawing.line(left, 4, left, bottom + 4, "axis")
        return drawing.markup
    }
}
