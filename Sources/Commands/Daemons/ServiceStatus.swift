internal import Diagnostics
internal import Foundation
internal import Telemetry

/// What a daemon does, in a line for `systemctl status`, from what it counts.
struct ServiceStatus {
    private let metrics: MetricsRegistry
    private var images = 0.0
    private var last = ContinuousClock.now

    init(_ metrics: MetricsRegistry) {
        self.metrics = metrics
    }

    /// `leading` or `waiting to lead` of a coordinator, the pace since the last call of a worker.
    mutating func line() -> String {
        let families = metrics.families
        if let leader = families.first(where: { $0.name == "evalctl_leader" }) {
            return leader.samples.contains { $0.value == 1 } ? "leading" : "waiting to lead"
        }
        func sum(_ name: String, _ label: String? = nil) -> Double {
            let samples = families.first { $0.name == name }?.samples ?? []
            return samples.filter { sample in label.map { value in sample.labels.contains { $0.value == value } } ?? true }
                .reduce(0) { $0 + $1.value }
        }
        let stored = sum("evalctl_images_total")
        let now = ContinuousClock.now
        let rate = (stored - images) / max((now - last) / .seconds(1), 0.001)
        (images, last) = (stored, now)
        let (busy, idle) = (sum("evalctl_worker_threads", "busy"), sum("evalctl_worker_threads", "idle"))
        return
            "\(Int(rate.rounded())) images/s, \(Int(busy)) of \(Int(busy + idle).counted("thread")) busy, \(Int(stored).counted("image")) stored"
    }
}
