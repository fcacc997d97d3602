import Diagnostics
import Glibc

/// The account that the server runs as: this program's own, or `postgres` where this program is root, which PostgreSQL refuses.
///
/// The other account gets nothing of root's: no capability, and no way to gain privileges. It finds the data by an open folder that it inherits,
/// so that the folders above may be closed to it.
struct ServerAccount {
    let name: String
    let user: uid_t
    let group: gid_t
    /// What stands before a program's path to run it as this account; empty for this program's own.
    let prefix: [String]

    /// - Parameter dataDirectory: The database folder; where it exists it must be the account's.
    /// - Throws: `cluster.no_account`, `cluster.directory`.
    static func choose(dataDirectory: String) throws -> ServerAccount {
        let account = try geteuid() == 0 ? unprivileged() : own()
        var status = stat()
        guard lstat(dataDirectory, &status) == 0 else { return account }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(.clusterDirectory, "\(dataDirectory) is no folder", remedy: "choose another --data-dir")
        }
        guard status.st_uid == account.user else {
            throw Failure(
                .clusterDirectory,
                "The database folder \(dataDirectory) belongs to \(Account.name(of: status.st_uid)), and its server would run as '\(account.name)'",
                remedy: geteuid() == 0 ? "choose another --data-dir" : "run as that user, or choose another --data-dir")
        }
        return account
    }

    private static func own() throws -> ServerAccount {
        guard let account = Account(of: geteuid()) else {
            throw Failure(
                .clusterNoAccount, "User id \(geteuid()) has no account, and PostgreSQL runs for no user without a name",
                remedy: "add one to /etc/passwd, or give the address of a server with --database")
        }
        return ServerAccount(name: account.name, user: account.user, group: getegid(), prefix: [])
    }

    private static func unprivileged() throws -> ServerAccount {
        guard let account = Account(named: "postgres"), account.user != 0 else {
            throw Failure(
                .clusterNoAccount, "PostgreSQL does not run as root, and there is no account 'postgres' to run it as",
                remedy: "apt-get install postgresql, which makes the account, or run as an ordinary user")
        }
        let paths = ["/usr/bin/setpriv", "/bin/setpriv"]
        guard let setpriv = paths.first(where: { access($0, X_OK) == 0 }) else {
            throw Failure(
                .clusterNoAccount, "PostgreSQL does not run as root, and setpriv, which changes the account, is missing",
                remedy: "apt-get install util-linux, or run as an ordinary user")
        }
        return ServerAccount(
            name: account.name, user: account.user, group: account.group,
            prefix: [
                setpriv, "--reuid=\(account.user)", "--regid=\(account.group)", "--init-groups", "--inh-caps=-all", "--ambient-caps=-all",
                "--no-new-privs",
            ])
    }

    /// Checks whether programs can be run as the account.
    /// - Throws: `cluster.no_account`.
    func verify() throws {
        guard !prefix.isEmpty else { return }
        let outcome = try ChildProcess.run(prefix + ["/usr/bin/env", "true"])
        guard outcome.status == 0 else {
            let reason = outcome.output.split(separator: "\n").first.map { ": \($0)" } ?? ""
            throw Failure(
                .clusterNoAccount, "PostgreSQL does not run as root, and changing to account '\(name)' failed\(reason)",
                remedy: "run as an ordinary user")
        }
    }
}
