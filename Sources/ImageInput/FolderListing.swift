import Diagnostics
import Glibc

/// The image files of a folder, in torchvision's order.
package enum FolderListing {
    /// What torchvision takes for an image file by its name.
    package static let imageExtensions: Set<String> = ["jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp"]

    private static let depthLimit = 64

    /// Names of the folders in `path`, sorted bytewise.
    static func subfolders(of path: String) throws -> [String] {
        try entries(of: path).filter(\.isFolder).map(\.name)
    }

    /// Paths, relative to `path`, of the image files below it: folder by folder in bytewise order of their paths, and in each by name.
    ///
    /// Symbolic links are followed.
    /// - Throws: `dataset.folder`, `dataset.name`, `dataset.linkLoop`.
    package static func imageFiles(below path: String) throws -> [String] {
        var folders: [(path: String, files: [String])] = []
        try walk(path, relative: "", ancestors: [], into: &folders)
        folders.sort { $0.path.precedesBytewise($1.path) }
        return folders.flatMap { folder in folder.files.map { folder.path.isEmpty ? $0 : "\(folder.path)/\($0)" } }
    }

    private struct Identity: Hashable {
        var device: UInt
        var inode: UInt
    }

    private static func walk(
        _ root: String, relative: String, ancestors: Set<Identity>, into folders: inout [(path: String, files: [String])]
    ) throws {
        let path = relative.isEmpty ? root : "\(root)/\(relative)"
        var status = stat()
        guard stat(path, &status) == 0 else { throw unlistable(path, errno) }
        let identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        guard !ancestors.contains(identity), ancestors.count < depthLimit else {
            throw Failure(
                .dataSetLinkLoop, "\(path) leads back into a folder that it is in, or lies more than \(depthLimit) folders deep.",
                remedy: "Remove the symbolic link.")
        }
        let entries = try entries(of: path)
        folders.append((relative, entries.filter { !$0.isFolder && imageExtensions.contains($0.name.lowercasedExtension) }.map(\.name)))
        for entry in entries where entry.isFolder {
            let below = relative.isEmpty ? entry.name : "\(relative)/\(entry.name)"
            try walk(root, relative: below, ancestors: ancestors.union([identity]), into: &folders)
        }
    }

    /// What is in a folder, sorted bytewise by name, links followed. A link to nothing counts as a file, to be complained of when it is read.
    private static func entries(of path: String) throws -> [(name: String, isFolder: Bool)] {
        guard let stream = opendir(path) else { throw unlistable(path, errno) }
        defer { closedir(stream) }
        var found: [(name: String, isFolder: Bool)] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw unlistable(path, errno) }
                break
            }
            let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes == [0x2E] || bytes == [0x2E, 0x2E] { continue }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw Failure(
                    .dataSetName, "\(path) has a file whose name is not UTF-8: \(String(decoding: bytes, as: UTF8.self)).",
                    remedy: "Rename it.")
            }
            var isFolder = entry.pointee.d_type == UInt8(DT_DIR)
            if entry.pointee.d_type == UInt8(DT_LNK) || entry.pointee.d_type == UInt8(DT_UNKNOWN) {
                var status = stat()
                isFolder = stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            }
            found.append((name, isFolder))
        }
        return found.sorted { $0.name.precedesBytewise($1.name) }
    }

    private static func unlistable(_ path: String, _ code: CInt) -> Failure {
        Failure(
            .dataSetFolder, "The folder \(path) cannot be listed: \(String(cString: strerror(code))).",
            remedy: "Check that it exists, is a folder and may be read.", nativeCode: "errno \(code)")
    }
}
