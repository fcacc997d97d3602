import Diagnostics
import FoundationEssentials
import Glibc

/// The account that the server runs as: this program's own, or an unprivileged one where this program is root, which PostgreSQL refuses.
struct ServerAccount {
    let name: String
    let user: uid_t
    let group: gid_t
    /// What stands before a program's path to run it as this account; empty for this program's own.
    private(set) var prefix: [String] = []

    /// - Parameter dataDirectory: The database folder; where it exists its owner runs the server.
    /// - Throws: `cluster.no_account`, `cluster.directory`.
    static func choose(dataDirectory: String) throws -> ServerAccount {
        var status = stat()
        let exists = stat(dataDirectory, &status) == 0
        guard geteuid() == 0 else {
            guard !exists || status.st_uid == geteuid() else {
                throw Failure(
                    .clusterDirectory,
                    "The database folder \(dataDirectory) belongs to user id \(status.st_uid), this program runs as \(geteuid())",
                    remedy: "run as that user, or choose another --data-dir")
            }
            return ServerAccount(name: "", user: geteuid(), group: getegid())
        }
        let account = exists ? lookUp { getpwuid_r(status.st_uid, $0, $1, $2, $3) } : named("postgres") ?? named("nobody")
        guard var account, account.user != 0 else {
            throw Failure(
                .clusterNoAccount, "PostgreSQL does not run as root, and there is no account 'postgres' to run it as",
                remedy: "apt-get install postgresql, which makes the account, or run as an ordinary user")
        }
        let paths: [String] = ["/usr/bin/setpriv", "/bin/setpriv"]
        guard let setpriv = paths.first(where: { access($0, X_OK) == 0 }) else {
            throw Failure(
                .clusterNoAccount, "PostgreSQL does not run as root, and setpriv, which changes the account, is missing",
                remedy: "apt-get install util-linux, or run as an ordinary user")
        }
        account.prefix = [setpriv, "--reuid=\(account.user)", "--regid=\(account.group)", "--init-groups"]
        return account
    }

    /// This account with the means to enter `directory`: where the folders above it are closed to it, as below root's home, it keeps the one
    /// capability for that.
    /// - Throws: `cluster.no_account` where the account cannot be changed, `cluster.directory` where it cannot enter.
    func able(toEnter directory: String) throws -> ServerAccount {
        guard !prefix.isEmpty else { return self }
        // Really enters it: access(2), which `test` asks, does not see the capability.
        let test = ["/usr/bin/env", "-C", directory, "true"]
        let plain = try ChildProcess.run(prefix + test)
        if plain.status == 0 { return self }
        var capable = self
        capable.prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        if try ChildProcess.run(capable.prefix + test).status == 0 { return capable }
        if try ChildProcess.run(prefix + ["/usr/bin/env", "true"]).status != 0 {
            let reason = plain.output.split(separator: "\n").first.map { ": \($0)" } ?? ""
            throw Failure(
                .clusterNoAccount, "PostgreSQL does not run as root, and changing to account '\(name)' failed\(reason)",
                remedy: "run as an ordinary user")
        }
        throw Failure(
            .clusterDirectory, "Account '\(name)', which runs PostgreSQL, cannot enter \(directory)",
            remedy: "choose a --data-dir below folders that it may enter, such as /var/lib")
    }

    /// Hands a folder to the account.
    func own(_ directory: String) throws {
        guard !prefix.isEmpty else { return }
        guard chown(directory, user, group) == 0 else {
            throw Failure(.clusterDirectory, "The folder \(directory) cannot be given to account '\(name)'", nativeCode: "errno \(errno)")
        }
    }

    private static func named(_ name: String) -> ServerAccount? {
        lookUp { getpwnam_r(name, $0, $1, $2, $3) }
    }

    private static func lookUp(
        _ query: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> ServerAccount? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        return buffer.withUnsafeMutableBufferPointer { space in
            guard let base = space.baseAddress, query(&entry, base, space.count, &found) == 0, found != nil else { return nil }
            return ServerAccount(name: String(cString: entry.pw_name), user: entry.pw_uid, group: entry.pw_gid)
        }
    }
}
