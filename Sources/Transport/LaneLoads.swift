/// How much unclaimed work lies in each lane, and where the next job goes. A lane is what one worker at a time reads: a partition of Kafka's.
package struct LaneLoads: Sendable, Hashable {
    private var unclaimed: [Int]
    /// Where the search for the least loaded lane starts, so that equals take turns.
    private var cursor = 0

    /// - Parameter count: lanes, at least 1.
    package init(count: Int, startingAt cursor: Int = 0) {
        precondition(count > 0, "there is at least one lane")
        unclaimed = [Int](repeating: 0, count: count)
        self.cursor = cursor % count
    }

    package var count: Int { unclaimed.count }

    /// Where the next search starts.
    package var next: Int { cursor }

    /// Notes a job that lies in a lane; one that is not there is passed over.
    package mutating func add(_ lane: Int) {
        if unclaimed.indices.contains(lane) { unclaimed[lane] += 1 }
    }

    /// Chooses the lane with the least unclaimed work, and counts a job there.
    /// - Parameter avoided: lanes to leave out, unless that leaves none.
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
