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

    var splits: [Split]

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
        self.splits = try splits.sorted { $0.key.precedesBytewise($1.key) }.compactMap { name, split in
            guard let patterns = split.filenames else { return nil }
            let shards = try patterns.flatMap { try BracePattern.expand($0) }
            guard shards.allSatisfy({ ImageReference.staysBelow($0) }) else {
                throw Failure(.archiveSamples, "\(title) names shards that are not beside it", remedy: "mend its filenames")
            }
            let counts = split.shardLengths ?? (shards.count == 1 ? split.sampleCount.map { [$0] } : nil)
            guard counts == nil || counts?.count == shards.count else {
                throw Failure(
                    .archiveSamples, "\(title) has \(shards.count) shards and \(counts?.count ?? 0) lengths in split \(name)",
                    remedy: "mend its filenames or its shard_lengths")
            }
            return Split(name: name, shards: shards, sampleCounts: counts)
        }
    }

    /// How many samples a shard has, where that is told.
    func sampleCount(of shard: String) -> Int? {
        for split in splits {
            if let place = split.shards.firstIndex(of: shard) { return split.sampleCounts?[place] }
        }
        return nil
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
