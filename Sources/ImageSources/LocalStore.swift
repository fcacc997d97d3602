internal import Diagnostics
internal import Foundation
internal import ImageInput

/// Files of this machine.
struct LocalStore: ObjectStore {
    /// An absolute path, of a folder or of one archive.
    let root: String

    var distance: ReadingDistance { .local }

    func title(of name: String) -> String { name.isEmpty ? root : "\(root)/\(name)" }

    /// Only the archives of the folder itself: folders of images are listed by ``ImageManifest``.
    func files() throws -> [StoredObject] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: root) else {
            throw health()
                ?? Failure(.sourceRoot, "the folder \(root) cannot be listed", remedy: "check its permissions", recovery: .transient)
        }
        return try names.filter { SourceAddress.namesArchive($0) }.sorted { $0.precedesBytewise($1) }.map { name in
            StoredObject(name: name, byteCount: try byteCount(of: name))
        }
    }

    func byteCount(of name: String) throws -> Int {
        try FileReader(path: title(of: name), limit: .max).byteCount
    }

    func read(_ name: String, _ range: Range<Int>) throws -> [UInt8] {
        let path = title(of: name)
        let reader = try FileReader(path: path, limit: .max)
        guard range.upperBound <= reader.byteCount else { throw Failure.shortened(path) }
        let bytes = try reader.bytes(at: range.lowerBound, count: range.count)
        guard bytes.count == range.count else { throw Failure.shortened(path) }
        return bytes
    }

    func readWhole(_ name: String, limit: Int) throws -> [UInt8] {
        let reader = try FileReader(path: title(of: name), limit: limit)
        return try reader.bytes(at: 0, count: reader.byteCount)
    }

    func health() -> Failure? {
        switch FolderCheck(root) {
        case .usable:
            return nil
        case .emptyFolder:
            return Failure(
                .sourceEmpty, "the folder \(root) is empty on this machine, as one that nothing is mounted on",
                remedy: "mount what belongs there, or name another place with --dataset-root", recovery: .transient)
        case .unusable(let code):
            let what =
                switch code {
                case ENOENT, ENOTDIR: "is not on this machine"
                case EACCES, EPERM: "may not be read on this machine"
                case ESTALE: "is a stale mount on this machine"
                default: "cannot be read on this machine"
                }
            return Failure(
                .sourceRoot, "\(root) \(what)", remedy: "mount it or give access to it, or name where it is with --dataset-root",
                recovery: .transient, nativeCode: "errno \(code)")
        }
    }
}

extension Failure {
    /// A file no longer has bytes that the manifest speaks of.
    static func shortened(_ title: String) -> Failure {
        Failure(
            .imageChanged, "\(title) has changed since its data set was described: it does not reach as far as then.",
            remedy: "Restore the file, or describe the data set anew.")
    }
}
