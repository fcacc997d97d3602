/// Counts of values in bins, in one or more panels that share their axis.
struct Histogram {
    struct Bin {
        var low: Double
        var high: Double
        var count: Double
        /// Shown where a pointer rests.
        var title: String
    }

    struct Panel {
        var name: String
        var bins: [Bin]
        /// Values that are pointed out, by their names.
        var marks: [(name: String, value: Double)] = []
        /// Beside the name.
        var remark = ""
    }

    var label: String
    var axis: Axis
    var panels: [Panel]
    var panelHeight = 58.0
    var width = 520.0

    var markup: Markup {
        let (left, right) = (12.0, width - 16)
        let pitch = panelHeight + 34
        let bottom = pitch * Double(panels.count)
        var drawing = Drawing(width: width, height: bottom + 34, label: label)
        for (index, panel) in panels.enumerated() {
            let base = pitch * Double(index) + pitch - 2
            drawing.text(left, base - panelHeight - 18, panel.name)
            drawing.text(right, base - panelHeight - 18, panel.remark, .end, style: "dim")
            draw(panel, base: base, left: left, right: right, style: index, &drawing)
        }
        var free = -Double.infinity
        for tick in axis.ticks {
            let (x, text) = (axis.place(tick, left, right), axis.text(tick))
            drawing.line(x, bottom - 2, x, bottom + 3, "axis")
            guard x - Drawing.textWidth(text) / 2 > free else { continue }
            free = x + Drawing.textWidth(text) / 2 + 6
            drawing.text(x, bottom + 15, text, .middle)
        }
        drawing.text((left + right) / 2, bottom + 30, axis.title, .middle, style: "dim")
        return drawing.markup
    }

    private func draw(_ panel: Panel, base: Double, left: Double, right: Double, style: Int, _ drawing: inout Drawing) {
        let most = max(panel.bins.map(\.count).max() ?? 1, 1e-300)
        for tick in axis.ticks {
            let x = axis.place(tick, left, right)
            drawing.line(x, base - panelHeight, x, base, "grid")
        }
        for bin in panel.bins where bin.count > 0 {
            let (start, end) = (axis.place(bin.low, left, right), axis.place(bin.high, left, right))
            let height = max(bin.count / most * (panelHeight - 4), 0.8)
            drawing.rectangle(start, base - height, max(end - start - 0.5, 0.6), height, "f\(style % 8)", title: bin.title)
        }
        drawing.line(left, base, right, base, "axis")
        var free = -Double.infinity
        for mark in panel.marks {
            let x = axis.place(mark.value, left, right)
            drawing.line(x, base - panelHeight, x, base, "mark")
            let half = Drawing.textWidth(mark.name) * 0.44
            let middle = min(max(x, left + half), right - half)
            guard middle - half > free else { continue }
            free = middle + half + 3
            drawing.text(middle, base - panelHeight - 4, mark.name, .middle, style: "small dim")
        }
    }
}
