internal import Diagnostics
internal import Foundation
internal import ImageInput

/// What `_info.json` (or `info.json`) beside WebDataset shards tells of them.
struct ShardInfo: Sendable {
    /// Shards of one split, and how many samples each has where that is told.
    struct Split: Sendable {
        var name: String
        var shards: [String]
        var sampleCounts: [Int]?
    }

    let splits: [Split]
    /// Of each shard, by the bytes of its name, as the first split that has it tells.
    private let sampleCounts: [[UInt8]: Int?]

    private struct File: Decodable {
        struct Split: Decodable {
            var filenames: [String]?
            var shardLengths: [Int]?
            var sampleCount: Int?

            enum CodingKeys: String, CodingKey {
                case filenames
                case shardLengths = "shard_lengths"
                case sampleCount = "num_samples"
            }
        }

        var splits: [String: Split]?
    }

    /// Nil where the file tells of no splits.
    /// - Throws: `archive.samples`.
    init?(_ bytes: [UInt8], title: String) throws {
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: Data(bytes)) } catch {
            throw Failure(
                .archiveSamples, "\(title) is not what describes WebDataset shards",
                remedy: "remove it, or mend it: {\"splits\": {\"validation\": {\"filenames\": [...], \"shard_lengths\": [...]}}}")
        }
        guard let splits = file.splits, !splits.isEmpty else { return nil }
        var total = 0
        self.splits = try splits.sorted { $0.key.precedesBytewise($1.key) }.compactMap { name, split in
            guard let patterns = split.filenames else { return nil }
            var shards: [String] = []
            for pattern in patterns {
                let names = try BracePattern.expand(pattern)
                total += names.count
                guard total <= BracePattern.limit else {
                    throw Failure(.archiveSamples, "\(title) names more than \(BracePattern.limit) shards", remedy: "mend its filenames")
                }
                shards += names
            }
            guard shards.allSatisfy({ ImageReference.staysBelow($0) }) else {
                throw Failure(.archiveSamples, "\(title) names shards that are not beside it", remedy: "mend its filenames")
            }
            let counts = split.shardLengths ?? (shards.count == 1 ? split.sampleCount.map { [$0] } : nil)
            guard counts == nil || counts?.count == shards.count else {
                throw Failure(
                    .archiveSamples, "\(title) has \(shards.count.counted("shard")) and \(counts?.count ?? 0) lengths in split \(name)",
                    remedy: "mend its filenames or its shard_lengths")
            }
            return Split(name: name, shards: shards, sampleCounts: counts)
        }
        sampleCounts = Dictionary(
            self.splits.flatMap { split in
                split.shards.enumerated().map { place, shard in (shard.bytewiseKey, split.sampleCounts?[place]) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// How many samples a shard has, where that is told.
    func sampleCount(of shard: String) -> Int? {
        sampleCounts[shard.bytewiseKey] ?? nil
    }

    /// The file beside the shards, nil where there is none.
    static func read(from store: any ObjectStore) throws -> ShardInfo? {
        for name in ["_info.json", "info.json"] {
            do {
                return try ShardInfo(store.readWhole(name, limit: 64 << 20), title: store.title(of: name))
            } catch let failure as Failure where failure.code == .imageUnreadable || failure.code == .sourceForbidden {
                continue
            }
        }
        return nil
    }
}
