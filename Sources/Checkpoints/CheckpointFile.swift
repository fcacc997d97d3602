import Diagnostics
import FoundationEssentials
import SystemPackage

/// The bytes of one file, memory-mapped where they come from a path.
///
/// A file that another program shortens while it is mapped ends this program with SIGBUS, as with every memory-mapped reader:
/// files must be replaced by renaming, as ``SafetensorsWriter`` does, and not be overwritten in place.
struct CheckpointFile: Sendable {
    let context: FailureContext
    let data: Data

    /// Maps the regular file at `path`.
    ///
    /// - Throws: `checkpoint.unreadable`.
    init(path: String) throws(Failure) {
        context = FailureContext(fileName: path)
        do {
            guard try Stat(FilePath(path)).type == .regular else {
                throw CheckpointFile.unreadable(path, "it is not a regular file")
            }
            try FileDescriptor.open(FilePath(path), .readOnly).close()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw CheckpointFile.unreadable(path, "\(error)", errno: error as? Errno)
        }
        do {
            data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        } catch {
            throw CheckpointFile.unreadable(path, "it could not be mapped")
        }
    }

    /// Takes bytes that are in memory already; `name` stands for the file in messages.
    init(bytes: [UInt8], name: String) {
        context = FailureContext(fileName: name)
        data = Data(bytes)
    }

    var count: Int { data.count }

    /// A copy of the bytes of `range`, which must lie inside the file.
    func copy(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= data.count)
        return [UInt8](data[data.startIndex + range.lowerBound..<data.startIndex + range.upperBound])
    }

    private static func unreadable(_ path: String, _ reason: String, errno: Errno? = nil) -> Failure {
        Failure(
            .checkpointUnreadable, "\(path): the checkpoint cannot be read: \(reason)", remedy: "Check the path and its permissions.",
            nativeCode: errno.map { "errno \($0.rawValue)" })
    }
}
