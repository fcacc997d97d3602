/// Where a stream socket listens or connects to.
package enum StreamEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// A Unix socket's path, at most 107 bytes.
    case unix(String)
    case tcp(host: String, port: Int)

    package var description: String {
        switch self {
        case .unix(let path): path
        case .tcp(let host, let port): "\(host):\(port)"
        }
    }
}
