internal import Diagnostics
internal import Foundation
internal import Postgres

/// Whether a disk has room for a database that is written to.
enum DiskSpace {
    /// Bytes of one piece of PostgreSQL's log, which it must be able to add at any time.
    static let least = 16 << 20
    /// What a new database takes.
    static let ofNewDatabase = 64 << 20

    /// - Throws: `disk.full` where the disk of `folder`, or of the folder that it will lie in, has less room than `least` bytes.
    static func require(_ least: Int, below folder: String) throws {
        var place = URL(filePath: folder).standardized
        var disk = statvfs()
        while statvfs(place.path, &disk) != 0 {
            // What else is wrong is said by who makes the folder.
            guard place.path != "/" else { return }
            place.deleteLastPathComponent()
        }
        let left = Int(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
        guard left < least || (disk.f_files > 0 && disk.f_favail < 16) else { return }
        throw Failure(
            Failure.Code("disk.full"), "the disk of \(folder) is full: \(left >> 20) MB are left, and the database needs \(least >> 20) MB",
            remedy: "make room, or choose another --data-dir; a run goes on where it stopped")
    }

    /// Whether a running database has no room left.
    static func isFull(below folder: String) -> Bool { (try? require(least, below: folder)) == nil }

    /// What to say of a failure beside the embedded database: that the disk of `folder` is full where it is, and otherwise the failure itself.
    static func cause(of error: any Error, below folder: String) -> any Error {
        guard let failure = error as? Failure else { return error }
        do { try require(least, below: folder) } catch let full { return full }
        return failure
    }

    /// Starts the embedded database, whose failure may be a full disk.
    static func start(_ cluster: EmbeddedCluster, below folder: String) throws -> DatabaseAddress {
        try require(cluster.status == .absent ? ofNewDatabase : least, below: folder)
        do { return try cluster.start() } catch { throw cause(of: error, below: folder) }
    }
}
