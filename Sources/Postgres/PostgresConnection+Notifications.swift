import CLibpq
import Diagnostics
import Glibc

extension PostgresConnection {
    /// Asks for what is notified on a channel, for as long as this session lasts; once.
    package func listen(to channel: String) throws {
        guard !channels.contains(channel) else { return }
        try executeScript("LISTEN \(Self.quoted(channel))")
        channels.insert(channel)
    }

    /// Waits for a notification, at most `timeout`. All that have arrived are taken at once.
    /// - Returns: whether there was any.
    package func waitForNotification(atMost timeout: Duration) throws -> Bool {
        let handle = try freeHandle()
        let deadline = Deadline(in: timeout)
        while !takeNotifications(handle) {
            guard try SocketWait.poll(PQsocket(handle), for: Int16(POLLIN), deadline: deadline) != nil else { return false }
            guard PQconsumeInput(handle) == 1 else { throw lost(handle) }
        }
        return true
    }

    private func takeNotifications(_ handle: OpaquePointer) -> Bool {
        var hasAny = false
        while let notification = PQnotifies(handle) {
            PQfreemem(notification)
            hasAny = true
        }
        return hasAny
    }
}
