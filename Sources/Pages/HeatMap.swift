internal import Reports

/// Values of a grid as colours, with names at both sides.
struct HeatMap {
    struct Cell {
        /// Where it lies between nothing (0) and the scale's end (1); nil for a cell without a value, or one that the scale does not tell of.
        var fraction: Double?
        /// Written in the cell, where there is room.
        var text: String?
        /// Set off from cells without a value, such as those of a diagonal.
        var isOwn = false
        /// Shown where a pointer rests.
        var title: String
    }

    var label: String
    var rows: [String]
    /// Names of groups of neighbouring columns: one a group, all of the same width.
    var columns: [String]
    /// Columns of each group.
    var group = 1
    /// `[row][column]`, the row as long as there are columns in all groups.
    var cells: [[Cell]]
    var rowTitle: String
    var columnTitle: String
    /// What the colours mean, and the numbers at the scale's ends; nil draws no scale.
    var scale: (title: String, low: String, high: String)?
    /// Whether the columns' names are written upwards.
    var turnsNames = false
    var width = 520.0
    /// Height of a row; nil for square cells.
    var rowHeight: Double?
    /// Room for the rows' names, where several maps stand below each other.
    var nameWidth: Double?

    private static let nameLimit = 38

    /// How much room names take.
    static func nameWidth(_ names: [String]) -> Double {
        names.map { Drawing.textWidth(Drawing.shortened($0, nameLimit)) }.max() ?? 0
    }

    var markup: Markup {
        let names = rows.map { Drawing.shortened($0, Self.nameLimit) }
        let heads = columns.map { Drawing.shortened($0, turnsNames ? 18 : 12) }
        let left = 24 + max(nameWidth ?? 0, Self.nameWidth(rows))
        let count = max(columns.count * group, 1)
        let cellWidth = min((width - left - 8) / Double(count), 44)
        let cellHeight = rowHeight ?? min(max(cellWidth, 9), 30)
        let top = 24 + (turnsNames ? (heads.map(Drawing.textWidth).max() ?? 0) : 14)
        let bottom = top + cellHeight * Double(rows.count)
        var drawing = Drawing(width: width, height: bottom + (scale == nil ? 6 : 38), label: label)
        drawing.text(12, (top + bottom) / 2, rowTitle, .middle, style: "dim", turned: true)
        drawing.text(left + cellWidth * Double(count) / 2, 12, columnTitle, .middle, style: "dim")
        let groupWidth = cellWidth * Double(group)
        let gap = group > 1 ? min(2, groupWidth * 0.15) : 0
        drawNames(heads, left: left, top: top, groupWidth: groupWidth, &drawing)
        for (row, name) in names.enumerated() {
            let y = top + cellHeight * Double(row)
            drawing.text(left - 6, y + cellHeight / 2 + 4, name, .end, style: cellHeight < 11 ? "small" : "")
            for (column, cell) in cells[row].enumerated() {
                let start = left + groupWidth * Double(column / group)
                let inner = (groupWidth - gap) / Double(group)
                draw(cell, start + inner * Double(column % group), y, inner, cellHeight, &drawing)
            }
        }
        if let scale { drawScale(scale, left: left, y: bottom + 10, &drawing) }
        return drawing.markup
    }

    /// The columns' names; where they would touch, only every second, third and so on.
    private func drawNames(_ heads: [String], left: Double, top: Double, groupWidth: Double, _ drawing: inout Drawing) {
        let needed = turnsNames ? 11 : (heads.map(Drawing.textWidth).max() ?? 0) + 5
        let stride = max(1, Int((needed / groupWidth).rounded(.up)))
        for (index, head) in heads.enumerated() where index % stride == 0 {
            let x = left + groupWidth * (Double(index) + 0.5)
            if turnsNames {
                drawing.text(x + 4, top - 5, head, .start, style: groupWidth < 11 ? "small" : "", turned: true)
            } else {
                drawing.text(x, top - 5, head, .middle)
            }
        }
    }

    private func draw(_ cell: Cell, _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ drawing: inout Drawing) {
        let space = min(0.6, width * 0.1)
        let level = cell.fraction.map(HeatColor.level)
        drawing.rectangle(
            x, y + space / 2, width - space, height - space, level.map { "h\($0)" } ?? (cell.isOwn ? "own" : "none"), title: cell.title)
        if let text = cell.text, Drawing.textWidth(text) * 0.87 <= width, height >= 11 {
            let style = level.map { $0 < HeatColor.levels / 2 ? "on-low" : "on-high" } ?? ""
            drawing.text(x + width / 2, y + height / 2 + 3.5, text, .middle, style: "small \(style)")
        }
    }

    private func drawScale(_ scale: (title: String, low: String, high: String), left: Double, y: Double, _ drawing: inout Drawing) {
        let length = 144.0
        var x = left
        drawing.text(x, y + 10, scale.low, .start)
        x += Drawing.textWidth(scale.low) + 6
        for level in 0..<HeatColor.levels {
            let step = length / Double(HeatColor.levels)
            drawing.rectangle(x + Double(level) * step, y, step + 0.2, 12, "h\(level)")
        }
        drawing.text(x + length + 6, y + 10, "\(scale.high)  \(scale.title)", .start)
    }
}
