/// Which offsets of the assigned partitions may be committed.
///
/// Messages of a partition are decided in any order, but Kafka keeps one offset a partition: the next one to read. So that
/// offset only moves past messages that were all decided, and a message not decided yet is delivered again after a crash.
struct OffsetTracker {
    private struct Progress {
        /// Offsets handed out and not decided, ascending.
        var undecided: [Int64] = []
        /// The offset after the last message handed out.
        var next: Int64
    }

    private var partitions: [KafkaPartition: Progress] = [:]

    /// Notes that the message at `offset` was handed out.
    mutating func handOut(_ source: KafkaPartition, _ offset: Int64) {
        var progress = partitions[source] ?? Progress(next: offset)
        // An offset before the last one was read again after a seek: what is committed then starts over from it.
        if offset < progress.next { progress.undecided.removeAll { $0 >= offset } }
        progress.undecided.append(offset)
        progress.next = offset + 1
        partitions[source] = progress
    }

    /// Notes that the message at `offset` is decided.
    ///
    /// - Returns: the offset that the group may go on from, if that moved; nil too for a message of a partition given up since.
    mutating func decide(_ source: KafkaPartition, _ offset: Int64) -> Int64? {
        guard let index = partitions[source]?.undecided.firstIndex(of: offset) else { return nil }
        partitions[source]?.undecided.remove(at: index)
        return index == 0 ? partitions[source].map { $0.undecided.first ?? $0.next } : nil
    }

    /// Forgets partitions that were given up.
    mutating func drop(_ sources: some Sequence<KafkaPartition>) {
        for source in sources {
            partitions[source] = nil
        }
    }
}
