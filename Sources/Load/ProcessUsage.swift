internal import Foundation

/// Memory and processor time of a process, as Linux tells it.
struct ProcessUsage {
    /// Resident now, in MB of a million bytes.
    var residentMB = 0.0
    /// The most that was ever resident.
    var peakMB = 0.0
    var cpuSeconds = 0.0

    /// Zeros where the process is gone.
    init(process: Int32) {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        for line in status.split(separator: "\n") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count >= 2, let kibibytes = Double(fields[1]) else { continue }
            if fields[0] == "VmRSS:" { residentMB = kibibytes * 1024 / 1e6 }
            if fields[0] == "VmHWM:" { peakMB = kibibytes * 1024 / 1e6 }
        }
        // After the name, which stands in parentheses and may hold anything; utime and stime are fields 14 and 15 of proc(5)'s list.
        let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        if fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) {
            cpuSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }
}
