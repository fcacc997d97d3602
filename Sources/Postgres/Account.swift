import Glibc

/// A user account of this machine.
struct Account: Equatable {
    let name: String
    let user: uid_t
    let group: gid_t

    init?(named name: String) {
        guard let found = Self.lookUp({ getpwnam_r(name, $0, $1, $2, $3) }) else { return nil }
        self = found
    }

    init?(of user: uid_t) {
        guard let found = Self.lookUp({ getpwuid_r(user, $0, $1, $2, $3) }) else { return nil }
        self = found
    }

    private init(name: String, user: uid_t, group: gid_t) {
        self.name = name
        self.user = user
        self.group = group
    }

    /// A user's name and number, for messages.
    static func name(of user: uid_t) -> String {
        Account(of: user).map { "'\($0.name)' (user id \(user))" } ?? "user id \(user)"
    }

    /// Whether a group is a user's own, as many systems give each user one: of the same name, and without further members.
    static func isPrivate(group: gid_t, of user: uid_t) -> Bool {
        guard let account = Account(of: user), account.group == group else { return false }
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        return buffer.withUnsafeMutableBufferPointer { space in
            guard let base = space.baseAddress, getgrgid_r(group, &entry, base, space.count, &found) == 0, found != nil else {
                return false
            }
            guard String(cString: entry.gr_name) == account.name else { return false }
            guard let members = entry.gr_mem, let first = members[0] else { return true }
            return String(cString: first) == account.name && members[1] == nil
        }
    }

    private static func lookUp(
        _ query: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> Account? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        return buffer.withUnsafeMutableBufferPointer { space in
            guard let base = space.baseAddress, query(&entry, base, space.count, &found) == 0, found != nil else { return nil }
            return Account(name: String(cString: entry.pw_name), user: entry.pw_uid, group: entry.pw_gid)
        }
    }
}
