import Diagnostics
import Glibc

/// Who the embedded server lets in: the user whose database it is, by what the kernel says of the other end of the socket, and nobody else.
/// Not even the account that the server runs as, which others of its services have too.
enum AccessRules {
    /// Written at each start, so that databases made before have them as well.
    /// - Parameter listens: Whether the server has a port, too: there it wants passwords.
    static func write(to data: borrowing Folder, for account: ServerAccount, listens: Bool) throws {
        guard let user = Account(of: geteuid()) else {
            throw Failure(.clusterNoAccount, "User id \(geteuid()) has no account", remedy: "add one to /etc/passwd")
        }
        var rules = "local all all peer map=evalctl\n"
        if listens { rules += "host all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n" }
        try data.write(rules, to: "pg_hba.conf", for: account)
        let name = user.name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        try data.write("evalctl \"\(name)\" \(EmbeddedCluster.user)\n", to: "pg_ident.conf", for: account)
    }
}
