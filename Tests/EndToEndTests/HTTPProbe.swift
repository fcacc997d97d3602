import Chaos
import Foundation
import Testing

/// Requests as they are written, so that a test can say of itself what no proper client would.
struct HTTPProbe {
    struct Answer {
        var status: Int
        /// By lower-case name.
        var headers: [String: String]
        var body: String

        func json() throws -> [String: Any] { try Program.json(body) }
    }

    /// HOST:PORT, as a program says where it serves.
    let address: String

    /// Waits for the file that a program writes when it serves.
    init(file: URL, of program: Program) throws {
        let deadline = Date().addingTimeInterval(30)
        while true {
            if let text = try? String(contentsOf: file, encoding: .utf8) {
                address = text.trimmingCharacters(in: .whitespacesAndNewlines)
                return
            }
            let errors = try program.errors
            try #require(program.isRunning && Date() < deadline, "\(errors)")
            usleep(10_000)
        }
    }

    init(address: String) { self.address = address }

    var port: Int { Int(address.split(separator: ":").last ?? "") ?? 0 }

    /// - Parameter host: the `Host` header, where it is not the address.
    func request(
        _ method: String = "GET", _ path: String, _ headers: [String: String] = [:], body: String? = nil, host: String? = nil
    ) throws -> Answer {
        let socket = try StreamSocket.connected(to: .tcp(host: "127.0.0.1", port: port))
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(host ?? address)", "Connection: close"]
        if let body { lines += ["Content-Type: application/x-www-form-urlencoded", "Content-Length: \(body.utf8.count)"] }
        lines += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        try #require(socket.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8)[...]))
        return try Self.answer(Self.everything(from: socket))
    }

    func get(_ path: String, _ headers: [String: String] = [:]) throws -> Answer { try request("GET", path, headers) }

    private static func everything(from socket: StreamSocket) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // A stream of events has no end.
        let deadline = Date().addingTimeInterval(15)
        while Date() < deadline, case let count = socket.receive(into: &buffer), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    private static func answer(_ bytes: [UInt8]) throws -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.range(of: "\r\n\r\n"), "no answer: \(text)")
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        return Answer(
            status: try #require(Int(lines[0].split(separator: " ")[1])), headers: headers, body: String(text[end.upperBound...]))
    }

    /// The value of a metric's one sample with these labels, as it is printed.
    func metric(_ sample: String) throws -> Double? {
        let answer = try get("/metrics")
        try #require(answer.status == 200)
        return answer.body.split(separator: "\n").first { $0.hasPrefix(sample + " ") }.flatMap { Double($0.dropFirst(sample.count + 1)) }
    }

    /// Asks until `isWanted` says so of the answer.
    func wait(
        for path: String, seconds: Double = 120, sourceLocation: SourceLocation = #_sourceLocation, until isWanted: (Answer) -> Bool
    ) throws -> Answer {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            let answer = try get(path)
            if isWanted(answer) { return answer }
            try #require(Date() < deadline, "\(path) still says \(answer.status) \(answer.body)", sourceLocation: sourceLocation)
            usleep(50_000)
        }
    }
}
