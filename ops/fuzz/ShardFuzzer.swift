/// Any bytes as what describes a WebDataset's shards give names below its folder, or a `Failure`.
func fuzzShards(_ input: [UInt8]) {
    guard let info = try? ShardInfo(input, title: "fuzz") else { return }
    for split in info.splits {
        precondition(split.shards.allSatisfy { ImageReference.staysBelow($0) }, "a shard lies elsewhere")
        precondition(split.sampleCounts.map { $0.count == split.shards.count } ?? true, "lengths are not those of the shards")
        for shard in split.shards.prefix(3) { _ = info.sampleCount(of: shard) }
    }
}
