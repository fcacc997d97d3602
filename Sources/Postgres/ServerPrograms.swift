import Diagnostics
import FoundationEssentials
import Glibc

/// The folder of one installed PostgreSQL server's programs, and its version.
package struct ServerPrograms {
    let directory: String
    /// The major version (15 for 15.18).
    let majorVersion: Int

    var initdb: String { directory + "/initdb" }
    var postgres: String { directory + "/postgres" }

    /// The installed programs; those of version `majorVersion` where a data folder asks for them, else the newest.
    /// - Throws: `cluster.programs_missing`, `cluster.version_mismatch`.
    package static func find(majorVersion: Int?, searchPath: [String] = candidates()) throws -> ServerPrograms {
        let found = installed(searchPath)
        guard let newest = found.max(by: { $0.majorVersion < $1.majorVersion }) else {
            throw Failure(
                .clusterProgramsMissing, "PostgreSQL's server programs (initdb, postgres) are not installed",
                remedy: "apt-get install postgresql, or give the address of a server with --database")
        }
        guard let majorVersion else { return newest }
        guard let matching = found.first(where: { $0.majorVersion == majorVersion }) else {
            throw Failure(
                .clusterVersionMismatch,
                "The database folder was made by PostgreSQL \(majorVersion), but only "
                    + found.map { String($0.majorVersion) }.joined(separator: ", ") + " is installed",
                remedy: "apt-get install postgresql-\(majorVersion), move the data with pg_upgrade, or choose another --data-dir")
        }
        return matching
    }

    private static func installed(_ directories: [String]) -> [ServerPrograms] {
        var seen: Set<String> = []
        return directories.compactMap { directory in
            guard seen.insert(directory).inserted, access(directory + "/initdb", X_OK) == 0, access(directory + "/postgres", X_OK) == 0
            else { return nil }
            // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
            guard let outcome = try? ChildProcess.run([directory + "/postgres", "--version"], timeout: .seconds(10)), outcome.status == 0,
                let version = outcome.output.split(separator: " ").lazy.compactMap({ Int($0.prefix { $0.isNumber }) }).first
            else { return nil }
            return ServerPrograms(directory: directory, majorVersion: version)
        }
    }

    /// Where servers are installed: the distributions' versioned folders, then the search path.
    package static func candidates() -> [String] {
        let versioned = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"].flatMap { root in
            ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).filter { Int($0) != nil }
                .sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
        }
        let searched = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return versioned + ["/usr/local/pgsql/bin"] + searched
    }
}
