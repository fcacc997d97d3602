internal import ImageInput

/// What is in one archive, from one reading of it: its images with their hashes, and the labels beside them.
struct ArchiveIndex: Sendable {
    /// An image's bytes.
    struct Image: Sendable {
        var path: String
        var offset: Int
        var byteCount: Int
        var hash: ContentHash
        /// Its first bytes, which tell the format.
        var start: [UInt8]
    }

    /// A part that tells the label of the sample with this key.
    struct Label: Sendable {
        var key: String
        /// Nil where the part cannot be understood.
        var index: Int?
        var isClass: Bool
    }

    /// In the archive's order; of several with one path only the last, as tar itself restores them.
    let images: [Image]
    let labels: [Label]
    /// What is no image here, and why.
    let leftOut: ProblemList

    /// - Parameters:
    ///   - hashing: hashes the images while the archive is read. How many threads it has does not show in the index.
    ///   - progress: called with bytes that were passed since the last call.
    /// - Throws: `archive.*`, and what reading throws.
    init(_ stream: ArchiveStream, hashing: HashingThreads, progress: (Int) -> Void = { _ in }) throws {
        var reading = ArchiveReading(stream, hashing: hashing)
        var reported = 0
        while try reading.readMember() {
            if reading.position - reported >= 16 << 20 {
                progress(reading.position - reported)
                reported = reading.position
            }
        }
        images = reading.images()
        labels = reading.labels
        leftOut = reading.leftOut
        progress(stream.byteCount - reported)
    }
}
