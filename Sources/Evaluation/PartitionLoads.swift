/// How much unclaimed work lies in each partition, and where the next message goes.
package struct PartitionLoads: Sendable, Hashable {
    private var unclaimed: [Int]
    /// Where the search for the least loaded partition starts, so that equals take turns.
    private var cursor = 0

    /// - Parameter count: partitions of the topic, at least 1.
    package init(count: Int, startingAt cursor: Int = 0) {
        precondition(count > 0, "a topic has at least one partition")
        unclaimed = [Int](repeating: 0, count: count)
        self.cursor = cursor % count
    }

    package var count: Int { unclaimed.count }

    /// Where the next search starts.
    package var next: Int { cursor }

    /// Notes a shard whose message lies in a partition; one that the topic does not have is passed over.
    package mutating func add(_ partition: Int) {
        if unclaimed.indices.contains(partition) { unclaimed[partition] += 1 }
    }

    /// Chooses the partition with the least unclaimed work, and counts a message there.
    /// - Parameter avoided: partitions to leave out, unless that leaves none.
    package mutating func take(avoiding avoided: Set<Int> = []) -> Int {
        let order = (0..<count).map { (cursor + $0) % count }
        let allowed = order.filter { !avoided.contains($0) }
        // `min` gives the first of equals.
        let chosen = (allowed.isEmpty ? order : allowed).min { unclaimed[$0] < unclaimed[$1] } ?? 0
        unclaimed[chosen] += 1
        cursor = (chosen + 1) % count
        return chosen
    }
}
