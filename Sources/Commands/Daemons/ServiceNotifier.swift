internal import Diagnostics
internal import Foundation
internal import Telemetry

/// Keeps the service manager that started this daemon informed, on a thread of its own: ready once the first loop runs, alive while all
/// do, and what it is doing. After ``stop()`` the manager's own time for stopping counts.
final class ServiceNotifier: @unchecked Sendable {
    private let socket: ServiceSocket
    private let pulses: LoopPulses
    private let metrics: MetricsRegistry
    private let isWatched: Bool
    /// Seconds between two signs of life.
    private let interval: Double
    private let condition = MonotonicCondition()
    private var isStopping = false
    private var thread: NamedThread?

    /// Nil where no service manager wants to know.
    init?(environment: [String: String], pulses: LoopPulses, metrics: MetricsRegistry) {
        guard let socket = environment["NOTIFY_SOCKET"].flatMap(ServiceSocket.init) else { return nil }
        self.socket = socket
        self.pulses = pulses
        self.metrics = metrics
        let watchdog = environment["WATCHDOG_USEC"].flatMap(Double.init).map { $0 / 1_000_000 }
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(ProcessInfo.processInfo.processIdentifier)" } ?? true
        isWatched = watchdog != nil && isMeant
        interval = min(max((watchdog ?? 15) / 3, 0.05), 5)
        thread = NamedThread("service") { [unowned self] in run() }
    }

    /// Says that the program is stopping; may be called more than once.
    func stop() {
        condition.locked {
            guard !isStopping else { return }
            isStopping = true
            socket.send(["STOPPING=1", "STATUS=stopping"])
            condition.broadcast()
        }
    }

    /// Ends the thread, and waits for it; once.
    func end() {
        stop()
        thread?.join()
    }

    private func run() {
        var status = ServiceStatus(metrics)
        var isReady = false
        while true {
            let checks = pulses.check()
            var lines: [String] = []
            if !isReady, !checks.isEmpty {
                isReady = true
                lines.append("READY=1")
            }
            if isReady {
                let hung = checks.first { $0.problem != nil }
                // A loop that hangs keeps the sign of life back, and the program is started anew.
                if isWatched, hung == nil { lines.append("WATCHDOG=1") }
                lines.append("STATUS=" + (hung.map { "\($0.name): \($0.problem ?? "")" } ?? status.line()))
            }
            guard goesOn(sending: lines, seconds: isReady ? interval : 0.05) else { return }
        }
    }

    private func goesOn(sending lines: [String], seconds: Double) -> Bool {
        condition.locked {
            if !isStopping, !lines.isEmpty { socket.send(lines) }
            let deadline = Deadline(in: .seconds(seconds))
            while !isStopping, condition.wait(until: deadline) {}
            return !isStopping
        }
    }
}
