import Diagnostics
import Glibc

/// The image files of a folder, in torchvision's order.
///
/// Symbolic links are followed, to each folder once per listing: links that meet again and again in few folders end. What is no image of the
/// data set is left out, and told in ``leftOut``.
package struct FolderListing: Sendable {
    /// What torchvision takes for an image file by its name.
    package static let imageExtensions: Set<String> = ["jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp"]
    private static let depthLimit = 64

    let root: String
    private(set) var leftOut = ProblemList()
    /// Links that lead out of the root.
    private(set) var notices = ProblemList()
    private let realRoot: String?
    /// Files that are listed at most: class folders that are links to one large folder would each list it anew.
    private let fileLimit: Int
    private var fileCount = 0

    package init(root: String, fileLimit: Int = 20_000_000) {
        self.root = root
        self.fileLimit = fileLimit
        realRoot = Self.realPath(root)
    }

    /// Names of the class folders in the root, sorted bytewise. Folders of tools and hidden ones are none.
    ///
    /// - Throws: `dataset.folder`.
    mutating func subfolders() throws -> [String] {
        var folders: [String] = []
        for entry in try entries(of: "") {
            if entry.isFolder {
                folders.append(entry.name)
            } else {
                leftOut.add("file", "beside the class folders", entry.name)
            }
        }
        return folders
    }

    /// Paths, relative to the root's folder `folder`, of the image files below it: folder by folder in bytewise order of their paths, and in
    /// each by name.
    ///
    /// - Throws: `dataset.folder`, `dataset.linkLoop`.
    package mutating func imageFiles(below folder: String = "") throws -> [String] {
        var folders: [(path: String, files: [String])] = []
        var visited: Set<Identity> = []
        try walk(folder, relative: "", ancestors: [], visited: &visited, into: &folders)
        folders.sort { $0.path.precedesBytewise($1.path) }
        return folders.flatMap { folder in folder.files.map { folder.path.isEmpty ? $0 : "\(folder.path)/\($0)" } }
    }

    private struct Identity: Hashable {
        var device: UInt
        var inode: UInt
    }

    private mutating func walk(
        _ top: String, relative: String, ancestors: Set<Identity>, visited: inout Set<Identity>,
        into folders: inout [(path: String, files: [String])]
    ) throws {
        let folder = Self.join(top, relative)
        let path = Self.join(root, folder)
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.unlistable(path, errno) }
        let identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        guard !ancestors.contains(identity), ancestors.count < Self.depthLimit else {
            throw Failure(
                .dataSetLinkLoop, "\(path) leads back into a folder that it is in, or lies more than \(Self.depthLimit) folders deep.",
                remedy: "Remove the symbolic link.")
        }
        guard visited.insert(identity).inserted else {
            leftOut.add("link", "to a folder that is listed already", folder)
            return
        }
        let entries = try entries(of: folder)
        var files: [String] = []
        for entry in entries where !entry.isFolder {
            if Self.imageExtensions.contains(entry.name.lowercasedExtension) {
                files.append(entry.name)
            } else {
                leftOut.add("file", "not named as an image", Self.join(folder, entry.name))
            }
        }
        fileCount += files.count
        guard fileCount <= fileLimit else {
            throw Failure(
                .dataSetFolder, "\(root) has more than \(fileLimit) image files, those that links lead to counted each time.",
                remedy: "Remove links to the same folder, or make several data sets of it.")
        }
        folders.append((relative, files))
        for entry in entries where entry.isFolder {
            try walk(
                top, relative: Self.join(relative, entry.name), ancestors: ancestors.union([identity]), visited: &visited, into: &folders)
        }
    }

    /// What is in a folder, sorted bytewise by name, links followed. Links to nothing, pipes, devices and sockets are left out.
    private mutating func entries(of folder: String) throws -> [(name: String, isFolder: Bool)] {
        let path = Self.join(root, folder)
        var found: [(name: String, isFolder: Bool)] = []
        for (bytes, kind) in try Self.rawEntries(of: path) {
            guard let name = String(validating: bytes, as: UTF8.self) else {
                leftOut.add("name", "not in UTF-8", Self.join(folder, String(decoding: bytes, as: UTF8.self)))
                continue
            }
            var type = kind
            if type == DT_LNK || type == DT_UNKNOWN {
                let isLink = type == DT_LNK
                var status = stat()
                guard stat("\(path)/\(name)", &status) == 0 else {
                    leftOut.add("link", "to nothing", Self.join(folder, name))
                    continue
                }
                type = Int(status.st_mode & S_IFMT) >> 12
                if isLink { noteIfOutside(Self.join(folder, name)) }
            }
            guard !(type == DT_DIR ? ToolFiles.contains(folder: name) : ToolFiles.contains(file: name)) else {
                leftOut.add(ToolFiles.noun, ToolFiles.rest, Self.join(folder, name))
                continue
            }
            guard type == DT_DIR || type == DT_REG else {
                leftOut.add("pipe", "or other special file", Self.join(folder, name))
                continue
            }
            found.append((name, type == DT_DIR))
        }
        return found
    }

    /// Names and types as the file system has them, sorted bytewise.
    private static func rawEntries(of path: String) throws -> [(name: [UInt8], type: Int)] {
        guard let stream = opendir(path) else { throw unlistable(path, errno) }
        defer { closedir(stream) }
        var found: [(name: [UInt8], type: Int)] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw unlistable(path, errno) }
                break
            }
            let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes != [0x2E], bytes != [0x2E, 0x2E] { found.append((bytes, Int(entry.pointee.d_type))) }
        }
        return found.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private mutating func noteIfOutside(_ place: String) {
        guard let realRoot, let target = Self.realPath(Self.join(root, place)), target != realRoot, !target.hasPrefix(realRoot + "/") else {
            return
        }
        notices.add("link", "out of the folder, followed", place)
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : name.isEmpty ? folder : "\(folder)/\(name)"
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func unlistable(_ path: String, _ code: CInt) -> Failure {
        Failure(
            .dataSetFolder, "The folder \(path) cannot be listed: \(String(cString: strerror(code))).",
            remedy: "Check that it exists, is a folder and may be read.", nativeCode: "errno \(code)")
    }
}
