import Foundation
import Glibc
import TestSupport
import Testing

/// What of the embedded stack others can reach.
@Suite(.requiresPostgres, .serialized) struct ListeningSocketTests {
    /// A process and those that it has started, as far as they still are its own.
    private func tree(of root: Int32) -> [Int32] {
        let all = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
        var parents: [Int32: Int32] = [:]
        for process in all {
            guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else {
                continue
            }
            parents[process] = Int32(text[end...].split(separator: " ")[2])
        }
        var found = [root]
        var seen = 0
        while seen < found.count {
            found += parents.filter { $0.value == found[seen] }.map(\.key)
            seen += 1
        }
        return found
    }

    /// Local addresses of the ports on which processes listen, TCP and UDP.
    private func ports(of processes: [Int32]) -> [String] {
        var sockets: Set<String> = []
        for process in processes {
            let folder = "/proc/\(process)/fd"
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")) ?? ""
                if target.hasPrefix("socket:[") { sockets.insert(String(target.dropFirst(8).dropLast())) }
            }
        }
        return ["tcp", "tcp6", "udp", "udp6"].flatMap { table -> [String] in
            let lines = ((try? String(contentsOfFile: "/proc/net/\(table)", encoding: .utf8)) ?? "").split(separator: "\n").dropFirst()
            return lines.compactMap { line in
                let fields = line.split(separator: " ")
                // 0A listens; 07 is a UDP socket that takes from anybody.
                guard fields.count > 9, fields[3] == "0A" || (table.hasPrefix("udp") && fields[3] == "07"),
                    sockets.contains(String(fields[9]))
                else { return nil }
                return "\(table) \(fields[1])"
            }
        }
    }

    @Test(arguments: [false, true]) func `the stack has no port unless HTTP is asked for`(isServing: Bool) throws {
        try Program.withFolder { folder in
            let http = isServing ? ["--http", "127.0.0.1:0"] : []
            let up = try Program(
                "evalctl", ["up", "--threads", "1", "--data-dir", folder.appending(path: "state").path] + http, in: folder)
            for _ in 0..<6000 where !(try up.output.contains("EVALCTL_DATABASE=")) { usleep(10_000) }
            let errors = try up.errors
            #expect(try up.output.contains("EVALCTL_DATABASE="), "\(errors)")
            let processes = tree(of: up.processID)
            // The server with its own, the coordinator, the worker.
            #expect(processes.count >= 5)
            let open = ports(of: processes)
            #expect(open.count == (isServing ? 1 : 0) && open.allSatisfy { $0.hasPrefix("tcp 0100007F:") }, "\(open)")
            up.send(SIGTERM)
            #expect(try up.wait(seconds: 60).status == 0)
        }
    }
}
