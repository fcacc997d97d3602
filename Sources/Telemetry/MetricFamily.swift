/// What a family's samples mean, as Prometheus names it.
package enum MetricKind: String, Sendable, Hashable {
    case counter, gauge, histogram
}

/// One label of a sample. The value may be any text; it is escaped where it is printed.
package struct MetricLabel: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One number of a family.
package struct MetricSample: Sendable, Hashable {
    /// What is added to the family's name: `_bucket`, `_sum` or `_count` of a histogram, else nothing.
    package var suffix: String
    package var labels: [MetricLabel]
    package var value: Double

    package init(_ value: Double, suffix: String = "", labels: [MetricLabel] = []) {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }
}

/// Samples of one name, with what they mean.
package struct MetricFamily: Sendable, Hashable {
    /// Letters, digits, underscores; base units; counters end in `_total`.
    package var name: String
    package var kind: MetricKind
    package var help: String
    package var samples: [MetricSample]

    package init(_ name: String, _ kind: MetricKind, help: String, samples: [MetricSample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}
