import Diagnostics
import Kafka
import Testing

@Suite struct PartitionReaderTests {
    @Test func `a reader without a group hears what is written to any partition after it began`() async throws {
        try await onThread {
            let cluster = try TestCluster()
            try cluster.produce(["old"])
            let reader = try PartitionReader(cluster.configuration, topic: cluster.topic, logger: TestCluster.logger)
            var found: Set<String> = []
            var round = 0
            // What is written before it knows where the partitions end is not for it.
            while found.count < 4 {
                round += 1
                try #require(round < 100)
                try cluster.produce((0..<4).map { "\($0)" })
                while let message = reader.poll(milliseconds: 200) { found.insert(String(decoding: message.value ?? [], as: UTF8.self)) }
            }
            #expect(found == ["0", "1", "2", "3"])
        }
    }

    @Test func `a topic that is not there is named`() async throws {
        try await onThread {
            let cluster = try TestCluster()
            let failure = #expect(throws: Failure.self) {
                _ = try PartitionReader(cluster.configuration, topic: "evalctl-test-nothing", logger: TestCluster.logger)
            }
            #expect(failure?.code == .kafkaTopic)
        }
    }
}
