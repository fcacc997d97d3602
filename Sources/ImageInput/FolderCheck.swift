import Glibc

/// What a folder, or a file, is to this process, without listing it.
package enum FolderCheck: Equatable, Sendable {
    /// A folder with something in it, or a file that may be read.
    case usable
    case emptyFolder
    /// By its errno.
    case unusable(Int32)

    package init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            self = .unusable(errno)
            return
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            self = access(path, R_OK) == 0 ? .usable : .unusable(errno)
            return
        }
        guard let stream = opendir(path) else {
            self = .unusable(errno)
            return
        }
        defer { closedir(stream) }
        // The folder itself and the one above are always there.
        for _ in 0..<3 {
            errno = 0
            if readdir(stream) == nil {
                self = errno == 0 ? .emptyFolder : .unusable(errno)
                return
            }
        }
        self = access(path, X_OK) == 0 ? .usable : .unusable(errno)
    }

    /// Whether the path names a folder.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
