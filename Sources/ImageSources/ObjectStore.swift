internal import Diagnostics

/// Files below one root that are read by name and range: a folder, what a web server has at an address, a bucket's prefix.
///
/// All calls block, and may come from any thread. Names are paths below the root; the empty name is the root itself. A failure that says nothing
/// of the file, only of how it can be reached from here, is transient.
protocol ObjectStore: Sendable {
    /// How far away the files are: how much of them is read at a time, and by how many at once.
    var distance: ReadingDistance { get }

    /// What failures call a file. Has no secrets.
    func title(of name: String) -> String

    /// All files, as paths with their lengths, in bytewise order.
    func files() throws -> [StoredObject]

    /// Length of a file in bytes.
    /// - Throws: `image.unreadable` where there is none.
    func byteCount(of name: String) throws -> Int

    /// Exactly these bytes of a file.
    /// - Throws: `image.unreadable` where there is no such file, `image.changed` where it does not reach so far.
    func read(_ name: String, _ range: Range<Int>) throws -> [UInt8]

    /// A whole file.
    /// - Throws: `image.unreadable` where there is none, `image.fileTooLarge` where it has more than `limit` bytes.
    func readWhole(_ name: String, limit: Int) throws -> [UInt8]

    /// What keeps the files from being read on this machine, or nil. Quick, but may ask a server.
    func health() -> Failure?
}

/// A file of a store.
struct StoredObject: Hashable, Sendable {
    var name: String
    var byteCount: Int
}

/// How reading is divided.
struct ReadingDistance: Sendable {
    /// Threads that read at once for one consumer.
    var readers: Int
    /// Images of an archive that lie side by side are read together, up to so many bytes.
    var mergedBytes: Int
    /// Bytes of an archive that are read at a time when it is read from beginning to end.
    var chunkBytes: Int

    /// A file of this machine, or of a mount that looks like one.
    static let local = ReadingDistance(readers: 2, mergedBytes: 0, chunkBytes: 4 << 20)
    /// A server that takes a while to answer.
    static let remote = ReadingDistance(readers: 16, mergedBytes: 1 << 20, chunkBytes: 8 << 20)
}
