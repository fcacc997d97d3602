internal import Diagnostics
internal import ImageInput

/// Reads a shard's images before they are asked for, several at a time, while others are computed.
package final class ImagePrefetcher {
    /// Images that one reading brings, and the bytes.
    private struct Batch {
        var images: Range<Int>
        /// Of the archive, where the images are in one.
        var range: Range<Int>
    }

    private let source: ImageSource
    private let references: [ImageReference]
    private let batches: [Batch]
    private let reading: ReadAhead
    private var batch = -1
    private var result: Result<[UInt8], any Error> = .success([])

    /// Begins to read.
    /// - Parameter references: the images, in the order in which they are asked for.
    package init(_ source: ImageSource, _ references: [ImageReference]) {
        self.source = source
        self.references = references
        let batches = Self.batches(references, mergedBytes: source.store.distance.mergedBytes)
        self.batches = batches
        reading = ReadAhead(sizes: batches.map(\.range.count), readers: source.store.distance.readers) { index in
            let batch = batches[index]
            guard batch.images.count > 1, let container = references[batch.images.lowerBound].place?.container else {
                return Array(try source.read(references[batch.images.lowerBound]))
            }
            for place in batch.images { try references[place].check() }
            return try source.store.read(container, batch.range)
        }
    }

    /// The bytes of image `index`, each to be asked for once and in order; waits where they are not there yet.
    /// - Throws: as ``ImageSource/read(_:)`` does, for this image alone.
    package func bytes(of index: Int) throws -> ArraySlice<UInt8> {
        while batch < 0 || batches[batch].images.upperBound <= index {
            result = Result { try reading.next() ?? [] }
            batch += 1
        }
        let current = batches[batch]
        switch result {
        case .success(let bytes):
            guard current.images.count > 1, let range = references[index].range else { return bytes[...] }
            return bytes[(range.lowerBound - current.range.lowerBound)..<(range.upperBound - current.range.lowerBound)]
        // One image of several may be what is wrong: each is read by itself then.
        case .failure(let error):
            guard current.images.count > 1, (error as? Failure)?.recovery == .permanent else { throw error }
            return try source.read(references[index])
        }
    }

    /// Images of one archive that follow each other there, with little between, are one batch.
    private static func batches(_ references: [ImageReference], mergedBytes: Int) -> [Batch] {
        var batches: [Batch] = []
        for (index, reference) in references.enumerated() {
            // A reference that is refused is read by itself.
            let range = (try? reference.check()) == nil ? 0..<0 : reference.range ?? 0..<reference.byteCount
            if let last = batches.last, let place = reference.place, let before = references[index - 1].place, !range.isEmpty,
                !last.range.isEmpty, before.container == place.container, range.lowerBound >= last.range.upperBound,
                range.lowerBound - last.range.upperBound <= gapLimit, range.upperBound - last.range.lowerBound <= mergedBytes
            {
                batches[batches.count - 1] = Batch(
                    images: last.images.lowerBound..<index + 1, range: last.range.lowerBound..<range.upperBound)
            } else {
                batches.append(Batch(images: index..<index + 1, range: range))
            }
        }
        return batches
    }

    /// Bytes between two images that are read for nothing rather than asked for separately: a label and headers between a sample's parts.
    private static let gapLimit = 64 << 10
}
