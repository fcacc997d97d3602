internal import Synchronization

/// Something a program counts or measures. All calls are thread-safe, and cost a lock that is held for a dictionary's look-up.
package protocol Instrument: Sendable {
    var family: MetricFamily { get }
}

/// What instruments have in common: a metric's name, and a cell for each series.
private struct Series<Cell: Sendable>: ~Copyable, Sendable {
    let name: String
    let help: String
    private let table: Mutex<SeriesTable<Cell>>

    init(_ name: String, help: String, labels: [String], initial: Cell) {
        self.name = name
        self.help = help
        table = Mutex(SeriesTable(labelNames: labels, initial: initial))
    }

    func update(_ labels: [String], _ body: (inout Cell) -> Void) {
        table.withLock { $0.update(labels, body) }
    }

    /// Shows series that nothing has been counted of yet, so that a rate of them can be asked for.
    func declare(_ values: [String]) {
        table.withLock { table in values.forEach { table.declare([$0]) } }
    }

    func family(_ kind: MetricKind, _ samples: (Cell, [MetricLabel]) -> [MetricSample]) -> MetricFamily {
        let cells = table.withLock { $0.sorted() }
        return MetricFamily(name, kind, help: help, samples: cells.flatMap { samples($0.cell, $0.labels) })
    }
}

/// A number that only grows.
package final class Counter: Instrument {
    private let series: Series<Double>

    init(_ name: String, help: String, labels: [String]) {
        series = Series(name, help: help, labels: labels, initial: 0)
    }

    package func add(_ count: Int = 1, _ labels: String...) {
        guard count > 0 else { return }
        series.update(labels) { $0 += Double(count) }
    }

    /// Shows series as 0 that nothing has been counted of yet, so that a rate of them can be asked for.
    package func declare(_ values: [String]) { series.declare(values) }

    package var family: MetricFamily { series.family(.counter) { [MetricSample($0, labels: $1)] } }
}

/// A number that goes up and down.
package final class Gauge: Instrument {
    private let series: Series<Double>

    init(_ name: String, help: String, labels: [String]) {
        series = Series(name, help: help, labels: labels, initial: 0)
    }

    package func set(_ value: Double, _ labels: String...) {
        series.update(labels) { $0 = value }
    }

    package var family: MetricFamily { series.family(.gauge) { [MetricSample($0, labels: $1)] } }
}

/// How often something took how long, in seconds.
package final class Histogram: Instrument {
    /// Upper bounds from a tenth of a millisecond to ten seconds.
    package static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct Cell: Sendable {
        /// Element i counts times above bound i - 1 and not above bound i; the last one those above all bounds.
        var counts = Array(repeating: 0, count: Histogram.bounds.count + 1)
        var sum = 0.0
    }

    private let series: Series<Cell>

    init(_ name: String, help: String, labels: [String]) {
        series = Series(name, help: help, labels: labels, initial: Cell())
    }

    package func observe(_ duration: Duration, _ labels: String...) {
        let seconds = duration / .seconds(1)
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        series.update(labels) { cell in
            cell.counts[bucket] += 1
            cell.sum += seconds
        }
    }

    package func declare(_ values: [String]) { series.declare(values) }

    package var family: MetricFamily { series.family(.histogram, Self.samples) }

    private static func samples(_ cell: Cell, _ labels: [MetricLabel]) -> [MetricSample] {
        var total = 0
        var samples: [MetricSample] = []
        for (bound, count) in zip(bounds + [.infinity], cell.counts) {
            total += count
            samples.append(
                MetricSample(Double(total), suffix: "_bucket", labels: labels + [MetricLabel("le", PrometheusText.number(bound))]))
        }
        return samples + [
            MetricSample(cell.sum, suffix: "_sum", labels: labels), MetricSample(Double(total), suffix: "_count", labels: labels),
        ]
    }
}
