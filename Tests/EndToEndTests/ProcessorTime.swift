import Foundation
import Glibc

/// Seconds that a process has spent on processors: what else a machine does makes little difference to them. In hundredths, as Linux counts.
struct ProcessorTime {
    /// All threads together.
    var own = 0.0
    /// Of the processes that it started and that have ended.
    var ofEndedChildren = 0.0

    /// - Returns: zero for a process that is gone.
    init(of process: pid_t) {
        let fields = Self.fields(process).dropFirst(11).prefix(4).compactMap { Double($0) }.map { $0 / Double(sysconf(Int32(_SC_CLK_TCK))) }
        guard fields.count == 4 else { return }
        (own, ofEndedChildren) = (fields[0] + fields[1], fields[2] + fields[3])
    }

    static func parent(of process: pid_t) -> pid_t { fields(process).dropFirst().first.flatMap { pid_t($0) } ?? 0 }

    /// How many processes it started that are there, those included that have ended and were not waited for.
    static func children(of process: pid_t) -> Int {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        return processes.count { parent(of: $0) == process }
    }

    /// What `/proc/PID/stat` says after the name, see proc(5).
    private static func fields(_ process: pid_t) -> [Substring] {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return text.split(separator: ")").last?.split(separator: " ") ?? []
    }
}
