import Chaos
import Foundation
import Kafka
import Postgres
import TestSupport
import Testing

/// A host of its own for programs, made of a network namespace, with one link to the host of the database and one to that of the broker.
///
/// The other ends of the links are on this machine: PostgreSQL listens there, and a forwarder takes the broker's place, because an
/// embedded broker listens on loopback and names itself so to its clients. A second forwarder inside the namespace makes that name true.
final class WorkerHost {
    /// A pair of interfaces; the network between them has room for two.
    struct Link {
        /// The interface on this machine.
        let near: String
        /// The interface in the namespace.
        let far: String
        /// The address of the network, whose first address is the near end's and whose second the far end's.
        let network: String
    }

    let name: String
    let database: Link
    let broker: Link
    private let folder: URL
    private var forwarder: Program?
    private var relay: FaultProxy?

    /// Makes the host. `number` tells hosts of one test process apart.
    init(_ number: Int, in folder: URL) throws {
        let process = Int(getpid())
        name = "evalctl-\(process)-\(number)"
        self.folder = folder
        // 198.18.0.0/15 is set aside for tests between networks (RFC 2544).
        let octets = "198.\(18 + (process >> 8) % 2).\(process % 256)"
        database = Link(near: "ev\(process)d\(number)", far: "db", network: "\(octets).\(number * 16)")
        broker = Link(near: "ev\(process)k\(number)", far: "kafka", network: "\(octets).\(number * 16 + 8)")
    }

    /// An address of a link's network.
    private static func address(_ link: Link, _ host: Int) -> String {
        let parts = link.network.split(separator: ".").map { Int($0) ?? 0 }
        return "\(parts[0]).\(parts[1]).\(parts[2]).\(parts[3] + host)"
    }

    var databaseAddress: String { Self.address(database, 1) }
    /// Where this host's connections to the database come from.
    var ownAddress: String { Self.address(database, 2) }

    func create() throws {
        try Self.ip("netns", "add", name)
        try Self.ip("-n", name, "link", "set", "lo", "up")
        for link in [database, broker] {
            try Self.ip("link", "add", link.near, "type", "veth", "peer", "name", link.far, "netns", name)
            try Self.ip("address", "add", Self.address(link, 1) + "/29", "dev", link.near)
            try Self.ip("link", "set", link.near, "up")
            try Self.ip("-n", name, "address", "add", Self.address(link, 2) + "/29", "dev", link.far)
            try Self.ip("-n", name, "link", "set", link.far, "up")
        }
    }

    /// Makes a mock broker reachable from the host, under the address that it names to its clients.
    func forward(_ bootstrapServers: String) throws {
        let port = try #require(Int(bootstrapServers.split(separator: ":").last ?? ""))
        let outside = Self.address(broker, 1)
        relay = try FaultProxy(
            at: .tcp(host: outside, port: port), to: .tcp(host: "127.0.0.1", port: port), content: .any)
        forwarder = try start("tcp-forwarder", ["127.0.0.1:\(port)", "\(outside):\(port)"])
    }

    /// Starts a program on this host.
    func start(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        try Program(program, arguments, environment: environment, through: ["ip", "netns", "exec", name], in: folder)
    }

    func cut(_ link: Link) throws { try Self.ip("link", "set", link.near, "down") }

    func mend(_ link: Link) throws { try Self.ip("link", "set", link.near, "up") }

    /// Removes the host, whatever of it is there.
    func remove() {
        forwarder?.send(SIGKILL)
        relay?.close()
        for link in [database, broker] { try? Self.ip("link", "delete", link.near) }
        try? Self.ip("netns", "delete", name)
    }

    /// Runs iproute2's `ip`.
    private static func ip(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ip"] + arguments
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
            throw HostFailure(description: "ip \(arguments.joined(separator: " ")): \(text)")
        }
    }

    struct HostFailure: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether network namespaces can be made here: as root, with iproute2 and a kernel that lets one.
    static let canBeMade: Bool = {
        let probe = "evalctl-\(getpid())-probe"
        defer { try? ip("netns", "delete", probe) }
        return (try? ip("netns", "add", probe)) != nil
    }()

    /// Removes hosts that killed test processes left behind.
    static func removeAbandoned() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? [] {
            let parts = name.split(separator: "-")
            guard parts.count == 3, parts[0] == "evalctl", let process = pid_t(parts[1]), kill(process, 0) != 0, errno == ESRCH else {
                continue
            }
            try? ip("netns", "delete", name)
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where network namespaces cannot be made, unless services are required: then the tests run and fail.
    static var requiresNetworkNamespaces: Self {
        .enabled(if: servicesAreRequired || WorkerHost.canBeMade, "network namespaces need root and iproute2")
    }
}
