import Foundation
import Kafka
import KafkaMock
import Testing

@Suite struct LeavingTests {
    /// The broker gives out partitions some three seconds after the first member of a group came, and here takes half a second for each
    /// answer; so some of these members leave after they were let in and before they were given anything.
    @Test(.enabled(if: TestCluster.isEmbedded)) func `members that leave before they were given partitions leave in peace`() async throws {
        let cluster = try TestCluster()
        cluster.broker?.setRoundTrip(broker: 1, milliseconds: 500)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    try await onThread {
                        let consumer = try cluster.consumer(group: "leaving-\(number)")
                        let deadline = Date().addingTimeInterval(3 + 0.25 * Double(number))
                        while Date() < deadline { _ = try consumer.poll(milliseconds: 20) }
                        consumer.close(timeoutMilliseconds: 0)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
