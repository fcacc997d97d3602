import Telemetry
import Testing

@Suite struct PrometheusTextTests {
    @Test func `families are printed by name with help, type and labels`() {
        let registry = MetricsRegistry()
        registry.gauge("evalctl_b", "Second.").set(1.5)
        let counter = registry.counter("evalctl_a_total", "First.", labels: ["outcome"])
        counter.declare(["refused"])
        counter.add(3, "granted")
        #expect(
            PrometheusText.render(registry.families) == """
                # HELP evalctl_a_total First.
                # TYPE evalctl_a_total counter
                evalctl_a_total{outcome="granted"} 3
                evalctl_a_total{outcome="refused"} 0
                # HELP evalctl_b Second.
                # TYPE evalctl_b gauge
                evalctl_b 1.5

                """)
    }

    @Test func `label values and help texts are escaped`() {
        let family = MetricFamily(
            "evalctl_x", .gauge, help: "a \\ and\na line", samples: [MetricSample(1, labels: [MetricLabel("name", "a\"b\\c\nd")])])
        #expect(
            PrometheusText.render([family])
                == "# HELP evalctl_x a \\\\ and\\na line\n# TYPE evalctl_x gauge\nevalctl_x{name=\"a\\\"b\\\\c\\nd\"} 1\n")
    }

    @Test func `infinities and NaN have the format's spelling`() {
        let samples = [Double.infinity, -.infinity, .nan, 1e300, -0.25].map { MetricSample($0) }
        let lines = PrometheusText.render([MetricFamily("x", .gauge, help: "", samples: samples)]).split(separator: "\n").dropFirst(2)
        #expect(lines == ["x +Inf", "x -Inf", "x NaN", "x 1e+300", "x -0.25"])
    }

    @Test func `a histogram's buckets count up, and end in a count and a sum`() {
        let registry = MetricsRegistry()
        let histogram = registry.histogram("evalctl_seconds", "Time.", labels: ["phase"])
        for duration in [Duration.microseconds(100), .milliseconds(3), .seconds(60)] { histogram.observe(duration, "decode") }
        let samples = registry.families[0].samples
        #expect(samples.first?.value == 1, "a bound belongs to its bucket")
        #expect(samples.dropLast(2).map(\.value) == samples.dropLast(2).map(\.value).sorted())
        #expect(samples.filter { $0.suffix == "_bucket" }.count == Histogram.bounds.count + 1)
        #expect(samples.last { $0.suffix == "_bucket" }?.labels == [MetricLabel("phase", "decode"), MetricLabel("le", "+Inf")])
        #expect(samples.last { $0.suffix == "_bucket" }?.value == 3)
        #expect(samples.first { $0.suffix == "_count" }?.value == 3)
        #expect(abs((samples.first { $0.suffix == "_sum" }?.value ?? 0) - 60.0031) < 1e-9)
    }

    @Test func `a label with too many values goes on as other`() {
        let registry = MetricsRegistry()
        let counter = registry.counter("evalctl_x_total", "Many.", labels: ["code"])
        for number in 0..<1000 { counter.add(1, "code.\(number)") }
        let samples = registry.families[0].samples
        #expect(samples.count == 257)
        #expect(samples.first { $0.labels == [MetricLabel("code", "other")] }?.value == 744)
        #expect(samples.reduce(0) { $0 + $1.value } == 1000)
    }
}

@Suite struct LoopPulsesTests {
    @Test func `a loop is hung when a round takes longer than its limit, and not while it rests`() {
        let pulses = LoopPulses()
        pulses.beat("slot", limit: .seconds(10))
        pulses.beat("intake", limit: .seconds(100))
        let later = ContinuousClock.now + .seconds(20)
        #expect(pulses.check().allSatisfy { $0.problem == nil })
        #expect(pulses.check(at: later).map(\.name) == ["intake", "slot"])
        #expect(pulses.check(at: later).first { $0.name == "slot" }?.problem?.contains("no round has ended for") == true)
        #expect(pulses.check(at: later).first { $0.name == "intake" }?.problem == nil)
        pulses.rest("slot")
        #expect(pulses.check(at: later).allSatisfy { $0.problem == nil })
    }
}
