internal import ArgumentParser
internal import Commands
internal import Diagnostics
internal import Foundation
internal import Kafka
internal import KafkaMock
internal import Logging

/// A mock broker as a process of its own, for `eval-lab chaos`: librdkafka's mock cluster aborts its process in rare cases, such as a
/// member of a group that was cut off in the middle of joining and comes back.
///
/// It reads one order a line: `down`, `up`, `delay MILLISECONDS`, `fail REQUEST FAULT…` (numbers of the Kafka protocol); and ends with
/// its input.
struct BrokerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker", abstract: "Runs a mock broker until its input ends.", shouldDisplay: false)

    @Option(help: "Partitions of the topic of jobs.")
    var partitions = 8

    @Option(help: "A file that the broker's address is written to.")
    var addressFile: String

    @OptionGroup var logOptions: LogOptions

    func run() throws {
        try ProgramExit.reporting {
            var logger = logOptions.logger("evalctl-broker")
            logger.logLevel = .critical
            let topics = JobTopics()
            let broker = try MockBroker(
                topics: topics.descriptions(partitions: partitions), properties: MockBroker.roughProperties, logger: logger)
            try broker.openGroup(topics.workerGroup)
            try Data(broker.bootstrapServers.utf8).write(to: URL(filePath: addressFile), options: .atomic)
            while let line = readLine() { try obey(line.split(separator: " ").map(String.init), broker) }
            // Its clients need not wait for it to end in order.
            _exit(0)
        }
    }

    private func obey(_ words: [String], _ broker: MockBroker) throws {
        let numbers = words.dropFirst().compactMap { Int32($0) }
        switch words.first {
        case "down": broker.setBroker(1, isDown: true)
        case "up": broker.setBroker(1, isDown: false)
        case "delay": broker.setRoundTrip(broker: 1, milliseconds: Int(numbers.first ?? 0))
        case "fail":
            guard let number = numbers.first, let request = MockBroker.Request(rawValue: Int16(clamping: number)) else { return }
            broker.failNext(request, with: numbers.dropFirst().compactMap { MockBroker.Fault(rawValue: $0) })
        default: throw Failure(Failure.Code("broker.order"), "there is no order \(words.first ?? "")")
        }
    }
}
