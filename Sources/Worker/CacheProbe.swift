internal import Diagnostics
internal import Foundation

/// Checks whether a worker can keep checkpoints in its cache.
package struct CacheProbe {
    package let directory: String

    package init(directory: String) {
        self.directory = directory
    }

    /// What is written to see whether there is room.
    private static let probeBytes = 1 << 20

    /// What is wrong; nil where a megabyte could be written.
    package func problem() -> String? {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let path = "\(directory)/probe.\(ProcessInfo.processInfo.processIdentifier)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path) else {
                return "the folder \(directory) for checkpoints cannot be written; name another one with --cache-dir"
            }
            defer { try? file.close() }
            try file.write(contentsOf: Data(count: Self.probeBytes))
            try file.synchronize()
            return nil
        } catch {
            return
                "the folder \(directory) for checkpoints cannot be used (\(CacheProbe.reason(error))); make room, or name another one with --cache-dir"
        }
    }

    /// Entries that should be files of checkpoints and are not.
    package func oddEntries() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted().filter { name in
            guard name.prefix(while: \.isHexDigit).count == 64 else { return false }
            let type = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")[.type] as? FileAttributeType
            return type != .typeRegular
        }
    }

    /// An error of Foundation's in the system's words.
    static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
        return underlying.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(underlying.code))) : "\(error.localizedDescription)"
    }
}

/// Checks whether the machine has memory left to work with.
package enum MemoryProbe {
    /// Less than this, in kibibytes, is no memory to load a network and an image into.
    private static let least = 64 << 10

    /// What is wrong; nil where there is memory, or nothing is known of it.
    /// - Parameter meminfo: nil for the machine's own `/proc/meminfo`.
    package static func problem(meminfo: String? = nil) -> String? {
        let meminfo = meminfo ?? (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))
        guard let line = meminfo?.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let available = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }), available < least
        else { return nil }
        return "only \(available >> 10) MB of memory are available on this machine; at least \(least >> 10) are needed"
    }
}
