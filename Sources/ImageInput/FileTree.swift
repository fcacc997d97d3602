/// The image files that labels are brought together with: those of a folder, or of anything else that has paths.
package enum FileTree: Sendable {
    /// A folder of this machine.
    case folder(String)
    /// Paths by the bytes of their first folder, empty for those without; `name` is what failures call the whole.
    case listed(name: String, paths: [[UInt8]: [String]])

    /// - Parameter paths: of image files, with `/` between folders.
    package init(name: String, paths: [String]) {
        self = .listed(name: name, paths: Dictionary(grouping: paths) { $0.firstFolder?.bytewiseKey ?? [] })
    }

    package var name: String {
        switch self {
        case .folder(let path): path
        case .listed(let name, _): name
        }
    }

    /// Names of the folders at the top, sorted bytewise.
    func subfolders() throws -> [String] {
        switch self {
        case .folder(let path):
            return try FolderListing.subfolders(of: path)
        case .listed(_, let paths):
            return paths.keys.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }.sorted { $0.precedesBytewise($1) }
        }
    }

    /// Image files below one of the folders at the top, or all where `top` is nil, relative to it: folder by folder in bytewise order, and in
    /// each by name.
    func imageFiles(below top: String? = nil) throws -> [String] {
        switch self {
        case .folder(let root):
            return try FolderListing.imageFiles(below: top.map { "\(root)/\($0)" } ?? root)
        case .listed(_, let paths):
            let found = top.map { top in
                (paths[top.bytewiseKey] ?? []).map { String(decoding: $0.utf8.dropFirst(top.utf8.count + 1), as: UTF8.self) }
            }
            return (found ?? paths.values.flatMap { $0 }).map { (folder: $0.folder, path: $0) }.sorted { one, other in
                one.folder.utf8.elementsEqual(other.folder.utf8)
                    ? one.path.precedesBytewise(other.path) : one.folder.precedesBytewise(other.folder)
            }.map(\.path)
        }
    }
}

extension String {
    /// The part before the first `/`; nil where there is none.
    package var firstFolder: String? { utf8.firstIndex(of: UInt8(ascii: "/")).map { String(self[..<$0]) } }

    /// The part before the last `/`; empty where there is none.
    package var folder: String { utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[..<$0]) } ?? "" }

    /// The part behind the last `/`; all of it where there is none.
    package var lastComponent: String {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[utf8.index(after: $0)...]) } ?? self
    }
}
