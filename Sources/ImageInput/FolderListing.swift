import Diagnostics
import Glibc

/// The image files of a folder, in torchvision's order.
///
/// Symbolic links are followed, to each folder once per listing: links that meet again and again in few folders end. What is no image of the
/// data set is left out and told in ``notices``.
struct FolderListing {
    /// What torchvision takes for an image file by its name.
    static let imageExtensions: Set<String> = ["jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp"]
    /// Folders that tools leave and that are no classes.
    private static let toolFolders: Set<String> = ["__MACOSX", "@eaDir", "lost+found"]
    private static let depthLimit = 64

    let root: String
    /// What was left out, and links that lead out of the root.
    private(set) var notices = ProblemList()
    private let realRoot: String?

    init(root: String) {
        self.root = root
        realRoot = Self.realPath(root)
    }

    /// Names of the class folders in the root, sorted bytewise. Folders of tools and hidden ones are none.
    ///
    /// - Throws: `dataset.folder`.
    mutating func subfolders() throws -> [String] {
        let folders = try entries(of: "").filter(\.isFolder).map(\.name)
        return folders.filter { name in
            guard Self.toolFolders.contains(name) || name.hasPrefix(".") else { return true }
            notices.add("folders of tools, which are no classes", name)
            return false
        }
    }

    /// Paths, relative to the root's folder `folder`, of the image files below it: folder by folder in bytewise order of their paths, and in
    /// each by name.
    ///
    /// - Throws: `dataset.folder`, `dataset.linkLoop`.
    mutating func imageFiles(below folder: String = "") throws -> [String] {
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
            notices.add("links to a folder that is listed already", folder)
            return
        }
        let entries = try entries(of: folder)
        folders.append(
            (relative, entries.filter { !$0.isFolder && Self.imageExtensions.contains($0.name.lowercasedExtension) }.map(\.name)))
        for entry in entries where entry.isFolder {
            try walk(
                top, relative: Self.join(relative, entry.name), ancestors: ancestors.union([identity]), visited: &visited, into: &folders)
        }
    }

    /// What is in a folder, sorted bytewise by name, links followed. A link to nothing counts as a file, to be complained of when it is read;
    /// pipes, devices and sockets are left out.
    private mutating func entries(of folder: String) throws -> [(name: String, isFolder: Bool)] {
        let path = Self.join(root, folder)
        guard let stream = opendir(path) else { throw Self.unlistable(path, errno) }
        defer { closedir(stream) }
        var found: [(name: String, isFolder: Bool)] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw Self.unlistable(path, errno) }
                break
            }
            let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes == [0x2E] || bytes == [0x2E, 0x2E] { continue }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                notices.add("files or folders whose names are not UTF-8", Self.join(folder, String(decoding: bytes, as: UTF8.self)))
                continue
            }
            var type = Int(entry.pointee.d_type)
            if type == DT_LNK || type == DT_UNKNOWN {
                let isLink = type == DT_LNK
                var status = stat()
                type = DT_REG
                if stat("\(path)/\(name)", &status) == 0 {
                    type = Int(status.st_mode & S_IFMT) >> 12
                    if isLink { noteIfOutside(Self.join(folder, name)) }
                }
            }
            guard type == DT_DIR || type == DT_REG else {
                notices.add("pipes, devices or sockets", Self.join(folder, name))
                continue
            }
            found.append((name, type == DT_DIR))
        }
        return found.sorted { $0.name.precedesBytewise($1.name) }
    }

    private mutating func noteIfOutside(_ place: String) {
        guard let realRoot, let target = Self.realPath(Self.join(root, place)), target != realRoot, !target.hasPrefix(realRoot + "/") else {
            return
        }
        notices.add("links that lead out of the folder, and are followed", place)
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
