package import Foundation
internal import Synchronization

/// What one program counts and measures. Instruments are made once, when the program starts, and recorded into from any thread.
package final class MetricsRegistry: Sendable {
    private let instruments = Mutex<[any Instrument]>([])

    package init() {}

    package func counter(_ name: String, _ help: String, labels: [String] = []) -> Counter {
        adding(Counter(name, help: help, labels: labels))
    }

    package func gauge(_ name: String, _ help: String, labels: [String] = []) -> Gauge {
        adding(Gauge(name, help: help, labels: labels))
    }

    package func histogram(_ name: String, _ help: String, labels: [String] = []) -> Histogram {
        adding(Histogram(name, help: help, labels: labels))
    }

    private func adding<Added: Instrument>(_ instrument: Added) -> Added {
        instruments.withLock { $0.append(instrument) }
        return instrument
    }

    /// Everything recorded so far.
    package var families: [MetricFamily] { instruments.withLock { $0 }.map(\.family) }
}

extension MetricFamily {
    /// Which program this is: a constant 1 whose labels say it.
    package static func buildInfo(_ labels: [MetricLabel]) -> MetricFamily {
        MetricFamily(
            "evalctl_build_info", .gauge, help: "1; the labels say which program of which version, on which kernels.",
            samples: [MetricSample(1, labels: labels)])
    }

    /// When the process started and what memory it holds, by the names that Prometheus's own client libraries use. Empty where `/proc` is not.
    package static func process(startedAt: Date) -> [MetricFamily] {
        var families = [
            MetricFamily(
                "process_start_time_seconds", .gauge, help: "Start of the process, seconds since 1970.",
                samples: [MetricSample(startedAt.timeIntervalSince1970)])
        ]
        if let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        {
            families.append(
                MetricFamily(
                    "process_resident_memory_bytes", .gauge, help: "Memory that the process holds.",
                    samples: [MetricSample(pages * Double(sysconf(Int32(_SC_PAGESIZE))))]))
        }
        return families
    }
}
