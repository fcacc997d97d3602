internal import Diagnostics
internal import Glibc

/// A connected or listening stream socket. Calls block; the descriptor is closed with the last reference.
package final class StreamSocket: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Listens at `endpoint`; what is left of a Unix socket there is replaced.
    /// - Throws: `socket.failed`.
    package static func listening(at endpoint: StreamEndpoint) throws -> StreamSocket {
        if case .unix(let path) = endpoint { unlink(path) }
        return try make(endpoint, "listen at") { descriptor, address, length in
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            return bind(descriptor, address, length) == 0 && listen(descriptor, 128) == 0
        }
    }

    /// Connects to `endpoint`.
    /// - Throws: `socket.failed`, transient.
    package static func connected(to endpoint: StreamEndpoint) throws -> StreamSocket {
        try make(endpoint, "connect to") { connect($0, $1, $2) == 0 }
    }

    private static func make(
        _ endpoint: StreamEndpoint, _ what: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) throws -> StreamSocket {
        func failed(_ reason: String) -> Failure {
            Failure(
                Failure.Code("socket.failed"), "cannot \(what) \(endpoint): \(reason)", remedy: "see whether something else runs there",
                recovery: .transient)
        }
        let family: Int32
        var address = sockaddr_storage()
        let length: socklen_t
        switch endpoint {
        case .unix(let path):
            family = AF_UNIX
            var unix = sockaddr_un()
            unix.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            guard bytes.count < MemoryLayout.size(ofValue: unix.sun_path) else { throw failed("the path is too long") }
            withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: bytes) }
            withUnsafeMutableBytes(of: &address) { target in withUnsafeBytes(of: unix) { target.copyMemory(from: $0) } }
            length = socklen_t(MemoryLayout<sockaddr_un>.size)
        case .tcp(let host, let port):
            family = AF_INET
            var hints = addrinfo()
            hints.ai_family = AF_INET
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var found: UnsafeMutablePointer<addrinfo>?
            let status = getaddrinfo(host, String(port), &hints, &found)
            defer { if let found { freeaddrinfo(found) } }
            guard status == 0, let first = found?.pointee, let resolved = first.ai_addr else {
                throw failed("the host has no IPv4 address")
            }
            length = first.ai_addrlen
            withUnsafeMutableBytes(of: &address) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: resolved, count: Int(first.ai_addrlen)))
            }
        }
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failed("errno \(errno)") }
        let made = StreamSocket(descriptor)
        let isDone = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { use(descriptor, $0, length) }
        }
        guard isDone else { throw failed(String(cString: strerror(errno))) }
        if family == AF_INET {
            var yes: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        return made
    }

    /// The TCP port that this socket is bound to; 0 for a Unix socket.
    package var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return status == 0 && address.sin_family == sa_family_t(AF_INET) ? Int(UInt16(bigEndian: address.sin_port)) : 0
    }

    /// The next connection to this listening socket; nil where none came within `milliseconds`.
    package func accept(milliseconds: Int32) -> StreamSocket? {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, milliseconds) == 1 else { return nil }
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return StreamSocket(accepted)
    }

    /// Waits for bytes and gives at most `buffer.count` of them: their number, 0 at the stream's end or after an error.
    package func receive(into buffer: inout [UInt8]) -> Int {
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            return max(count, 0)
        }
    }

    /// Sends all bytes.
    /// - Returns: false where the other side has gone.
    package func send(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                let count = Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }

    /// Ends both directions; whoever waits on this socket wakes up.
    package func shutDown() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Ends the direction to the other side, which reads to the end of what was sent.
    package func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }
}
