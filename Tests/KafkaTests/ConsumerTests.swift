import Diagnostics
import Foundation
import Kafka
import Synchronization
import TestSupport
import Testing

@Suite struct ConsumerTests {
    @Test func `every message arrives once and in its partition's order, whichever partition it was sent to`() async throws {
        try await onThread {
            let cluster = try TestCluster()
            try cluster.produce(numerals(100))
            let consumer = try cluster.consumer()
            let found = try collect(consumer, 100)
            #expect(Set(found.map(\.text)) == Set(numerals(100)))
            for partition in 0..<cluster.partitions {
                #expect(found.filter { $0.partition == partition }.map(\.offset) == Array(0..<25))
            }
            #expect(try collect(consumer, 1, seconds: 1) == [])
            #expect(consumer.assignment == (0..<4).map { KafkaPartition(topic: cluster.topic, partition: $0) })
        }
    }

    @Test func `a member that starts later goes on where the group has committed`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 1)
            try cluster.produce(numerals(10))
            let first = try cluster.consumer()
            #expect(try collect(first, 4).map(\.text) == ["0", "1", "2", "3"])
            first.close()
            #expect(try collect(cluster.consumer(), 6).map(\.text) == ["4", "5", "6", "7", "8", "9"])
        }
    }

    @Test func `a message that was not decided is delivered again to the next member, with those after it`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 1)
            try cluster.produce(numerals(5))
            let first = try cluster.consumer()
            var taken: [KafkaMessage] = []
            while taken.count < 4 {
                if let message = try first.poll(milliseconds: 100) { taken.append(message) }
            }
            for index in [3, 0, 2] { first.commit(taken[index]) }
            first.close()
            #expect(try collect(cluster.consumer(), 4).map(\.text) == ["1", "2", "3", "4"])
        }
    }

    @Test func `a paused intake hands out nothing, and neither loses nor reorders anything`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 2)
            try cluster.produce(numerals(200))
            let consumer = try cluster.consumer()
            var found = try collect(consumer, 5)
            for round in 0..<39 {
                consumer.pauseIntake()
                #expect(try consumer.poll(milliseconds: round % 13 == 0 ? 700 : 5) == nil)
                consumer.resumeIntake()
                found += try collect(consumer, 5)
            }
            for partition in 0..<2 {
                #expect(found.filter { $0.partition == partition }.map(\.offset) == Array(0..<100))
            }
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `partitions that are assigned while the intake is paused stay silent until it is resumed, from another thread too`()
        async throws
    {
        try await onThread {
            let cluster = try TestCluster(partitions: 2)
            try cluster.produce(numerals(4))
            let consumer = try cluster.consumer()
            consumer.pauseIntake()
            try poll(consumer) { consumer.assignedPartitions == 2 }
            #expect(try consumer.poll(milliseconds: 500) == nil)
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: 0.2)
                consumer.resumeIntake()
            }
            #expect(try consumer.poll(milliseconds: 3_600_000) != nil)
            #expect(try collect(consumer, 3).count == 3)
        }
    }

    @Test func `two members of a group share the partitions, and every message goes to one of them`() async throws {
        let cluster = try TestCluster(partitions: 8)
        let seen = Mutex<[String: [String]]>([:])
        let share: @Sendable (String) throws -> Void = { name in
            let consumer = try cluster.consumer()
            let deadline = Date().addingTimeInterval(40)
            var isBalanced = false
            while Date() < deadline, seen.withLock({ $0.values.joined().count }) < 400 {
                if !isBalanced, consumer.assignedPartitions == 4 {
                    isBalanced = true
                    if name == "first" { try cluster.produce(numerals(400)) }
                }
                guard let message = try consumer.poll(milliseconds: 100) else { continue }
                seen.withLock { $0[name, default: []].append(message.text) }
                consumer.commit(message)
            }
            #expect(isBalanced)
            consumer.close()
        }
        async let first: Void = onThread { try share("first") }
        async let second: Void = onThread { try share("second") }
        _ = try await (first, second)
        let taken = seen.withLock { $0 }
        #expect(taken["first"]?.count == 200)
        #expect(taken["second"]?.count == 200)
        #expect(taken.values.joined().sorted() == numerals(400).sorted())
    }

    @Test func `a member that joins a busy group takes half of it, and nothing is lost on the way`() async throws {
        let cluster = try TestCluster(partitions: 4)
        let seen = Mutex<Set<String>>([])
        let halves = Mutex<Set<String>>([])
        let total = 200
        let work: @Sendable (String) throws -> Void = { name in
            let consumer = try cluster.consumer()
            let deadline = ContinuousClock.now + .seconds(120)
            while .now < deadline, seen.withLock({ $0.count }) < total || halves.withLock({ $0.count }) < 2 {
                // However long the second takes to come, the first leaves it something, of whichever partitions.
                if name == "first", halves.withLock({ $0.isEmpty }), seen.withLock({ $0.count }) >= total / 5 {
                    consumer.pauseIntake()
                } else {
                    consumer.resumeIntake()
                }
                let message = try consumer.poll(milliseconds: 50)
                if let message {
                    seen.withLock { _ = $0.insert(message.text) }
                    consumer.commit(message)
                }
                if consumer.assignedPartitions == 2, name == "first" || message != nil { halves.withLock { _ = $0.insert(name) } }
            }
            consumer.close()
        }
        async let first: Void = onThread { try work("first") }
        async let second: Void = onThread {
            while seen.withLock({ $0.isEmpty }) { Thread.sleep(forTimeInterval: 0.01) }
            try work("second")
        }
        try await onThread { try cluster.produce(numerals(total)) }
        _ = try await (first, second)
        #expect(seen.withLock { $0 } == Set(numerals(total)))
        #expect(halves.withLock { $0 } == ["first", "second"])
    }

    @Test func `null, empty and oversized values are told apart`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 1)
            let producer = try KafkaProducer(cluster.configuration, logger: TestCluster.logger)
            let values: [[UInt8]?] = [nil, [], [UInt8](repeating: 7, count: 5000), [1, 2]]
            let sent = try producer.send(
                values.map { OutgoingMessage(topic: cluster.topic, partition: 0, key: $0 == nil ? nil : [9], value: $0) })
            #expect(sent == [true, true, true, true])
            let found = try collect(cluster.consumer(maximumMessageBytes: 4096), 4)
            #expect(found.map(\.value) == [nil, [], nil, [1, 2]])
            #expect(found.map(\.key) == [nil, [9], [9], [9]])
            #expect(found.map(\.oversizedBytes) == [nil, nil, 5000, nil])
            #expect(found.allSatisfy { ($0.timestamp ?? 0) > 1_600_000_000_000 })
        }
    }

    @Test func `a member that keeps polling stays in the group however long its work takes`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 1)
            try cluster.produce(["slow", "next"])
            let consumer = try cluster.consumer(("max.poll.interval.ms", "7000"), ("session.timeout.ms", "6000"))
            let slow = try collect(consumer, 1)
            consumer.pauseIntake()
            let end = Date().addingTimeInterval(9)
            while Date() < end {
                #expect(try consumer.poll(milliseconds: 200) == nil)
                #expect(consumer.assignedPartitions == 1)
            }
            consumer.resumeIntake()
            #expect(slow.map(\.text) == ["slow"])
            #expect(try collect(consumer, 1).map(\.text) == ["next"])
        }
    }

    @Test func `a closed member says so, and gives its partitions to the next at once`() async throws {
        try await onThread {
            let cluster = try TestCluster(partitions: 2)
            try cluster.produce(numerals(2))
            // A member that did not say so would keep its partitions for ten minutes. Of the mock that shows nothing: it waits for a session's time
            // for members to come back, whoever has left.
            let patient = ("session.timeout.ms", TestBroker.isMock ? "6000" : "600000")
            let consumer = try cluster.consumer(patient, ("max.poll.interval.ms", "900000"))
            let messages = try collect(consumer, 2)
            consumer.close(timeoutMilliseconds: 60_000)
            consumer.commit(messages[0])
            let failure = #expect(throws: Failure.self) { try consumer.poll(milliseconds: 10) }
            #expect(failure?.code == .kafkaClosed)
            consumer.close()
            let next = try cluster.consumer(patient, ("max.poll.interval.ms", "900000"))
            try poll(next) { next.assignedPartitions == 2 }
        }
    }
}
