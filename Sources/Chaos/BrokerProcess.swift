internal import Diagnostics
internal import Fleet
internal import Foundation
internal import KafkaMock

/// A mock broker in a process of its own, which may end at any time.
final class BrokerProcess {
    let endpoint: StreamEndpoint
    private let program: ChildProgram

    /// Starts a broker with its topics, and waits until it listens.
    init(folder: String, number: Int, partitions: Int) throws {
        let addressFile = "\(folder)/broker-\(number).address"
        program = try ChildProgram(
            "eval-lab", arguments: ["broker", "--partitions", "\(partitions)", "--address-file", addressFile],
            environment: ["SWIFT_BACKTRACE": "enable=no"], logPath: "\(folder)/broker.log", appending: true)
        let deadline = Deadline(in: .seconds(20))
        var port: Int?
        while port == nil {
            try program.requireRunning()
            guard !deadline.isPast else {
                throw Failure(Failure.Code("chaos.broker"), "the broker did not start within 20 s", remedy: "see \(program.logPath)")
            }
            let text = (try? String(contentsOfFile: addressFile, encoding: .utf8)) ?? ""
            port = text.split(separator: ":").last.flatMap { Int($0) }
            if port == nil { usleep(10_000) }
        }
        endpoint = .tcp(host: "127.0.0.1", port: port ?? 0)
    }

    var isRunning: Bool { program.isRunning }

    func setDown(_ isDown: Bool) { program.tell(isDown ? "down" : "up") }

    func setRoundTrip(milliseconds: Int) { program.tell("delay \(milliseconds)") }

    /// Lets the next requests of a kind fail, one for each fault, in order.
    func failNext(_ request: MockBroker.Request, with faults: [MockBroker.Fault]) {
        program.tell((["fail", "\(request.rawValue)"] + faults.map { "\($0.rawValue)" }).joined(separator: " "))
    }

    func end() { program.end() }
}
