/// The series of one metric by the values of its labels. There are never more than ``capacity``: what comes later counts as `other`.
struct SeriesTable<Cell: Sendable>: Sendable {
    static var capacity: Int { 256 }

    let labelNames: [String]
    private var cells: [[String]: Cell] = [:]
    private let initial: Cell

    init(labelNames: [String], initial: Cell) {
        self.labelNames = labelNames
        self.initial = initial
        if labelNames.isEmpty { cells[[]] = initial }
    }

    mutating func update(_ labels: [String], _ body: (inout Cell) -> Void) {
        precondition(labels.count == labelNames.count, "a metric is given as many label values as it has labels")
        if let known = cells.index(forKey: labels) { return body(&cells.values[known]) }
        let key = cells.count < Self.capacity ? labels : labels.map { _ in "other" }
        var cell = cells[key] ?? initial
        body(&cell)
        cells[key] = cell
    }

    /// Makes room for a series, which is shown from now on.
    mutating func declare(_ labels: [String]) { update(labels) { _ in } }

    /// Series by their labels' values.
    func sorted() -> [(labels: [MetricLabel], cell: Cell)] {
        cells.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { (zip(labelNames, $0.key).map(MetricLabel.init), $0.value) }
    }
}
