internal import Glibc

/// Tells the service manager that started this program how it does: datagrams to the socket that `NOTIFY_SOCKET` names, see sd_notify(3).
package struct ServiceSocket: Sendable {
    private let path: String

    /// - Parameter path: a socket in the file system, or `@NAME` in the abstract namespace.
    /// - Returns: Nil where it is no such path.
    package init?(path: String) {
        guard path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count > 1, path.utf8.count < Self.capacity, !path.utf8.contains(0)
        else {
            return nil
        }
        self.path = path
    }

    private static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// Sends lines such as `READY=1`. That nobody listens is no failure of this program.
    /// - Returns: whether they were sent.
    @discardableResult
    package func send(_ lines: [String]) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let message = Array(lines.joined(separator: "\n").utf8)
        let sent = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), address, length)
            }
        }
        return sent == message.count
    }
}
