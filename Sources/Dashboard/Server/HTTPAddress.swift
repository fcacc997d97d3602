package import Diagnostics
internal import Glibc

extension Failure.Code {
    /// The text names no address to listen on.
    package static let httpAddress = Failure.Code("http.address")
    /// The address cannot be listened on.
    package static let httpListen = Failure.Code("http.listen")
    /// The token is missing, too short, or cannot be read.
    package static let httpToken = Failure.Code("http.token")
}

/// Where a program serves HTTP.
package struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address, without brackets.
    package var host: String
    /// 0 takes any port that is free.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`; an IPv6 address stands in brackets.
    /// - Throws: `http.address`.
    package init(parsing text: String) throws {
        let isBracketed = text.hasPrefix("[")
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port) else {
            throw Self.invalid(text)
        }
        var host = text[..<colon]
        if isBracketed {
            guard host.hasSuffix("]") else { throw Self.invalid(text) }
            host = host.dropFirst().dropLast()
        }
        let isHost = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }
        guard !host.isEmpty, isHost, isBracketed == host.contains(":") else { throw Self.invalid(text) }
        self.init(host: String(host), port: port)
    }

    private static func invalid(_ text: String) -> Failure {
        Failure(
            .httpAddress, "\(text) is no address to serve HTTP on",
            remedy: "give HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080; port 0 takes any that is free")
    }

    package var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// Whether only programs of this machine get there.
    package var isLoopback: Bool { Self.isLoopback(host) }

    /// Whether a host, as an address or a `Host` header names it, is this machine as it calls itself.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        var six = in6_addr()
        guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
        return withUnsafeBytes(of: &six) { $0.dropLast().allSatisfy { $0 == 0 } && $0[15] == 1 }
    }
}
