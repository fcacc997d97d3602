internal import Evaluation
internal import Reports

extension RunPage {
    /// Times per image, and images per second over the run.
    var speed: Markup? {
        guard !content.latency.isEmpty else { return throughput }
        return latency + (throughput ?? Markup())
    }

    private var latency: Markup {
        let phases: [(name: String, key: String, percentiles: RunReport.Percentiles)] = [
            ("decode", "decode", report.latency.decode), ("preprocess", "preprocess", report.latency.preprocess),
            ("inference", "inference", report.latency.inference), ("total", "total", report.latency.total),
        ]
        let low = content.latency.map(\.lowMicroseconds).min() ?? 1
        let high = content.latency.map(\.highMicroseconds).max() ?? 10
        let panels = phases.map { phase in
            Histogram.Panel(
                name: phase.name,
                bins: content.latency.filter { $0.phase == phase.key }.map { bin in
                    Histogram.Bin(
                        low: bin.lowMicroseconds / 1000, high: bin.highMicroseconds / 1000, count: Double(bin.images),
                        title: "\(phase.name), \(NumberText.significant(bin.lowMicroseconds / 1000)) to "
                            + "\(NumberText.significant(bin.highMicroseconds / 1000)) ms: \(NumberText.grouped(bin.images, "image"))")
                },
                marks: [
                    ("p50", phase.percentiles.p50), ("p90", phase.percentiles.p90), ("p99", phase.percentiles.p99),
                ].compactMap { name, time in time.map { (name, Double($0) / 1000) } },
                remark: "p50 \(NumberText.milliseconds(phase.percentiles.p50)), p90 \(NumberText.milliseconds(phase.percentiles.p90)), "
                    + "p99 \(NumberText.milliseconds(phase.percentiles.p99)), max \(NumberText.milliseconds(phase.percentiles.max))")
        }
        let chart = Histogram(
            label: "Time per image of each phase; the median of all together is \(NumberText.milliseconds(report.latency.total.p50)).",
            axis: .logarithmic("milliseconds per image, logarithmic", from: low / 1000, to: high / 1000, text: Drawing.short),
            panels: panels, width: 1080)
        return Figure.markup(
            "Time per image",
            "One image on one thread, by phase; each panel's bars are to its own scale. Times grow where more threads run "
                + "than there are processors.", chart.markup)
    }

    /// As many workers have a colour of their own.
    private static let workerLimit = 7

    private var throughput: Markup? {
        guard let first = content.throughput.first, first.intervalSeconds > 0 else { return nil }
        let shown = content.throughput.count <= Self.workerLimit + 1 ? content.throughput.count : Self.workerLimit
        var series = content.throughput.prefix(shown).map {
            StackedAreas.Series(name: "worker \($0.worker) on \($0.host)", values: $0.rates)
        }
        let others = content.throughput.dropFirst(shown)
        if !others.isEmpty {
            series.append(
                .init(
                    name: "\(others.count) others",
                    values: first.rates.indices.map { index in others.reduce(0) { $0 + $1.rates[index] } }))
        }
        let seconds = first.intervalSeconds * Double(first.rates.count)
        let (unit, length): (String, Double) = seconds < 300 ? ("seconds", 1) : seconds < 4 * 3600 ? ("minutes", 60) : ("hours", 3600)
        let span = seconds / length
        let chart = StackedAreas(
            label: "Images per second over \(NumberText.duration(seconds: seconds)), by worker; "
                + "\(NumberText.mean(report.imagesPerSecond, 1)) on average.",
            x: .linear("\(unit) since the first claim", from: 0, to: span, within: 0...span),
            y: .linear("images per second", from: 0, to: StackedAreas.peak(series)),
            interval: first.intervalSeconds / length, series: series)
        let numbers = TextTable(
            [.init("worker"), .init("host"), .init("images", .right), .init("images/s at best", .right)],
            rows: content.throughput.prefix(200).map {
                [
                    "\($0.worker)", $0.host, NumberText.grouped(Int($0.images.rounded())), NumberText.fixed($0.rates.max() ?? 0, 1),
                ]
            })
        return Figure.markup(
            "Throughput over time, by worker",
            "\(NumberText.mean(report.imagesPerSecond, 1)) images per second on average over \(NumberText.duration(seconds: seconds)). "
                + "A shard's images are spread evenly from its claim to its end.", chart.markup, numbers: numbers)
    }
}
