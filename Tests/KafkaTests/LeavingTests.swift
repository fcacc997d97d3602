import Foundation
import Kafka
import KafkaMock
import Logging
import TestSupport
import Testing

/// Members that end before the group has given them partitions.
@Suite struct LeavingTests {
    /// How far librdkafka is with joining, as it calls it.
    enum JoinState: String, CaseIterable, CustomTestStringConvertible {
        case asking = "wait-join"
        /// The group has let it in, and waits for the member that leads it to hand out the partitions, which this one does.
        case leading = "wait-sync"
        case joined = "steady"

        var testDescription: String { rawValue }
    }

    @Test(arguments: JoinState.allCases) func `a member that leaves while it joins leaves in peace, and so does one beside it`(
        state: JoinState
    )
        async throws
    {
        try await onThread {
            let cluster = try TestCluster()
            // Else it is let in and given partitions in one moment.
            cluster.broker?.setRoundTrip(broker: 1, milliseconds: 100)
            let log = LogRecorder(.debug)
            let member = try cluster.consumer(("debug", "cgrp"), logger: log.logger)
            let other = try cluster.consumer()
            var isThere: Bool { log.lines.contains { $0.contains("changed join") && $0.contains("-> \(state.rawValue) ") } }
            let deadline = ContinuousClock.now + .seconds(60)
            while !isThere, .now < deadline {
                _ = try member.poll(milliseconds: 5)
                _ = try other.poll(milliseconds: 5)
            }
            #expect(isThere, "\(log.lines.filter { $0.contains("changed join") })")
            if state != .joined { #expect(member.assignedPartitions == 0) }
            member.close(timeoutMilliseconds: 100)
            other.close(timeoutMilliseconds: 100)
            let failure = #expect(throws: (any Error).self) { try member.poll(milliseconds: 0) }
            #expect("\(String(describing: failure))".contains("is closed"))
        }
    }
}
