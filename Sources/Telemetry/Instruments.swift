internal import Synchronization

/// Something a program counts or measures. All calls are thread-safe, and cost a lock that is held for a dictionary's look-up.
package protocol Instrument: Sendable {
    var family: MetricFamily { get }
}

/// A number that only grows.
package final class Counter: Instrument {
    private let name: String
    private let help: String
    private let series: Mutex<SeriesTable<Double>>

    init(_ name: String, help: String, labels: [String]) {
        self.name = name
        self.help = help
        series = Mutex(SeriesTable(labelNames: labels, initial: 0))
    }

    package func add(_ count: Int = 1, _ labels: String...) {
        guard count > 0 else { return }
        series.withLock { $0.update(labels) { $0 += Double(count) } }
    }

    /// Shows series as 0 that nothing has been counted of yet, so that a rate of them can be asked for.
    package func declare(_ values: [String]) {
        series.withLock { series in values.forEach { series.declare([$0]) } }
    }

    package var family: MetricFamily {
        let cells = series.withLock { $0.sorted() }
        return MetricFamily(name, .counter, help: help, samples: cells.map { MetricSample($0.cell, labels: $0.labels) })
    }
}

/// A number that goes up and down.
package final class Gauge: Instrument {
    private let name: String
    private let help: String
    private let series: Mutex<SeriesTable<Double>>

    init(_ name: String, help: String, labels: [String]) {
        self.name = name
        self.help = help
        series = Mutex(SeriesTable(labelNames: labels, initial: 0))
    }

    package func set(_ value: Double, _ labels: String...) {
        series.withLock { $0.update(labels) { $0 = value } }
    }

    package var family: MetricFamily {
        let cells = series.withLock { $0.sorted() }
        return MetricFamily(name, .gauge, help: help, samples: cells.map { MetricSample($0.cell, labels: $0.labels) })
    }
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

    private let name: String
    private let help: String
    private let series: Mutex<SeriesTable<Cell>>

    init(_ name: String, help: String, labels: [String]) {
        self.name = name
        self.help = help
        series = Mutex(SeriesTable(labelNames: labels, initial: Cell()))
    }

    package func observe(_ duration: Duration, _ labels: String...) {
        let seconds = duration / .seconds(1)
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        series.withLock {
            $0.update(labels) { cell in
                cell.counts[bucket] += 1
                cell.sum += seconds
            }
        }
    }

    package func declare(_ values: [String]) {
        series.withLock { series in values.forEach { series.declare([$0]) } }
    }

    package var family: MetricFamily {
        let cells = series.withLock { $0.sorted() }
        return MetricFamily(name, .histogram, help: help, samples: cells.flatMap { Self.samples($0.cell, $0.labels) })
    }

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
