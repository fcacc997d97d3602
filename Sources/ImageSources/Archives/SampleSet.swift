internal import Diagnostics
internal import ImageInput

/// An image of an archive, before its label is known.
struct ContainedImage {
    var container: String
    var image: ArchiveIndex.Image
}

/// A WebDataset's samples: images with the labels that stand beside them in their archives.
struct SampleSet {
    private(set) var images: [(image: ContainedImage, label: Int)] = []
    private(set) var leftOut = ProblemList()

    /// Whether archives hold samples: labels with images of the same keys.
    static func isThere(_ indexes: [ArchiveIndex]) -> Bool {
        indexes.contains { index in
            guard !index.labels.isEmpty else { return false }
            let keys = Set(index.labels.lazy.filter { $0.isClass || $0.index != nil }.map(\.key.bytewiseKey))
            return index.images.contains { image in SamplePart(image.path).map { $0.isImage && keys.contains($0.key.bytewiseKey) } ?? false
            }
        }
    }

    /// - Parameters:
    ///   - names: of the archives, as the indexes are ordered.
    ///   - info: what is known of the shards, where it is.
    /// - Throws: `archive.samples`.
    init(_ indexes: [ArchiveIndex], names: [String], info: ShardInfo?, title: (String) -> String) throws {
        for (name, index) in zip(names, indexes) {
            let found = try samples(of: index, name, title(name))
            if let expected = info?.sampleCount(of: name), expected != found {
                throw Failure(
                    .archiveSamples, "\(title(name)) has \(found.counted("sample")), and _info.json beside it says \(expected)",
                    remedy: "fetch the shard again, or mend or remove _info.json")
            }
        }
    }

    /// Takes in the samples of one archive.
    /// - Returns: how many it has, with or without a usable image.
    private mutating func samples(of index: ArchiveIndex, _ name: String, _ title: String) throws -> Int {
        var labels: [[UInt8]: (byClass: Int?, byJSON: Int?, hasClass: Bool)] = [:]
        for label in index.labels {
            var known = labels[label.key.bytewiseKey] ?? (nil, nil, false)
            if label.isClass { known = (label.index, known.byJSON, true) } else { known.byJSON = label.index }
            labels[label.key.bytewiseKey] = known
        }
        var keys: Set<[UInt8]> = []
        // Of WebDataset's samples, also those without a label.
        var samples = Set(labels.keys)
        for image in index.images {
            guard let part = SamplePart(image.path), part.isImage else {
                leftOut.add("image", "of no sample (KEY.jpg, .jpeg, .png or .webp)", image.path)
                continue
            }
            let key = part.key.bytewiseKey
            guard keys.insert(key).inserted else {
                throw Failure(
                    .archiveSamples, "\(title) has several images for the sample \(part.key)",
                    remedy: "make the shards with one image a sample, or give the labels with --labels")
            }
            guard let label = labels[key] else {
                samples.insert(part.shortKey.bytewiseKey)
                leftOut.add("image", "without a label beside it", image.path)
                continue
            }
            if label.hasClass, let json = label.byJSON, let cls = label.byClass, cls != json {
                throw Failure(
                    .archiveSamples, "\(title) has label \(cls) in \(part.key).cls and \(json) in \(part.key).json",
                    remedy: "find out which is right, and give the labels with --labels")
            }
            guard let index = label.hasClass ? label.byClass : label.byJSON else {
                throw Failure(
                    .archiveSamples, "\(title): the label beside \(image.path) is no class index",
                    remedy: "a .cls part holds a whole number, a .json part an object with one as \"label\" or \"cls\"; else use --labels")
            }
            images.append((ContainedImage(container: name, image: image), index))
        }
        return samples.count
    }
}
