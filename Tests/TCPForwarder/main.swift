import Chaos
import Foundation

// Passes TCP connections on: tcp-forwarder HOST:PORT HOST:PORT. The tests run it inside a network namespace, where a broker that names
// itself 127.0.0.1 to its clients has to be found at 127.0.0.1.
func endpoint(_ text: String) -> StreamEndpoint? {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count == 2, let port = Int(parts[1]) else { return nil }
    return .tcp(host: parts[0], port: port)
}

let arguments = CommandLine.arguments.dropFirst().compactMap { endpoint($0) }
guard arguments.count == 2 else {
    FileHandle.standardError.write(Data("usage: tcp-forwarder LISTEN-HOST:PORT TARGET-HOST:PORT\n".utf8))
    exit(64)
}
let proxy = try FaultProxy(at: arguments[0], to: arguments[1], content: .any)
withExtendedLifetime(proxy) {
    while true { sleep(60) }
}
