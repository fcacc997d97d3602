internal import Foundation

/// Where a redirect may lead: no further from TLS to plain text, to no other scheme than HTTP's, and to this machine or its link only from there.
enum Redirect {
    static let limit = 5

    static let statuses: Set<Int> = [301, 302, 303, 307, 308]

    /// The address that `location` means at `address`; nil where it may not be followed.
    static func target(_ location: String, from address: String) -> String? {
        guard location.utf8.count <= 8192, let from = URL(string: address), let to = URL(string: location, relativeTo: from)?.absoluteURL,
            let scheme = to.scheme?.lowercased(), let host = to.host(), !host.isEmpty, to.user() == nil, to.password() == nil
        else { return nil }
        guard scheme == "https" || scheme == "http" && from.scheme?.lowercased() == "http" else { return nil }
        guard !isNear(host) || isNear(from.host() ?? "") else { return nil }
        return to.absoluteString
    }

    /// Whether a host is this machine, or an address of its link, where clouds answer with credentials.
    private static func isNear(_ host: String) -> Bool {
        let name = host.lowercased().trimmingCharacters(in: ["[", "]", "."])
        return name == "localhost" || name.hasSuffix(".localhost") || name.hasPrefix("127.") || name.hasPrefix("169.254.")
            || name == "0.0.0.0"
            || name == "::1" || name == "::" || name.hasPrefix("fe80:") || name.hasPrefix("::ffff:") || name.hasPrefix("fd00:ec2:")
            || name.hasPrefix("metadata.")
    }
}
