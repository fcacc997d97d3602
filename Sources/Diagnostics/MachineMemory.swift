import Glibc

/// The memory that this program may have.
public enum MachineMemory {
    /// Bytes of the machine, or of what its control groups leave to this program where that is less.
    public static let bytes: Int = {
        let machine = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
        let group = limit(ofGroups: text(of: "/proc/self/cgroup") ?? "", file: text)
        return min(machine.overflow || machine.partialValue <= 0 ? Int.max : machine.partialValue, group ?? Int.max)
    }()

    /// The least limit of a process's control groups and those above them, of either version; nil where there is none.
    /// - Parameters:
    ///   - groups: As `/proc/self/cgroup` lists them.
    ///   - file: The text of a file.
    package static func limit(ofGroups groups: String, file: (String) -> String?) -> Int? {
        var limits: [Int] = []
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isUnified = parts[0] == "0" && parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
            let (root, name) = isUnified ? ("/sys/fs/cgroup", "memory.max") : ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            var names = parts[2].split(separator: "/")
            while true {
                let folder = ([root] + names.map(String.init)).joined(separator: "/")
                if let text = file("\(folder)/\(name)"), let bytes = Int(text.filter { !$0.isWhitespace }), bytes > 0 {
                    limits.append(bytes)
                }
                guard names.popLast() != nil else { break }
            }
        }
        return limits.min()
    }

    private static func text(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(file, &bytes, bytes.count)
        return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
