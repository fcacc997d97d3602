import Diagnostics
import Glibc

/// Waiting for a socket with a deadline.
enum SocketWait {
    /// Waits until one of `events` is ready or the peer hung up.
    /// - Returns: The ready events, or `nil` at the deadline.
    static func poll(_ socket: Int32, for events: Int16, deadline: Deadline?) throws -> Int16? {
        // A negative descriptor is a connection that libpq has closed already: let it report that.
        guard socket >= 0 else { return events }
        var descriptor = pollfd(fd: socket, events: events, revents: 0)
        while true {
            let timeout = deadline?.left.milliseconds ?? -1
            let count = Glibc.poll(&descriptor, 1, timeout)
            if count > 0 { return descriptor.revents & (Int16(POLLERR) | Int16(POLLHUP)) != 0 ? events : descriptor.revents }
            if count == 0 { return nil }
            guard errno == EINTR else { throw ServerFailure.connectionLost("poll failed with errno \(errno)") }
        }
    }
}
