/// The image files that labels are brought together with: those of a folder, or of anything else that has paths.
package struct FileTree: Sendable {
    private enum Contents: Sendable {
        case folder(FolderListing)
        /// Paths by the bytes of their first folder, empty for those without.
        case listed([[UInt8]: [String]])
    }

    /// What failures call the whole.
    package let name: String
    /// What of it is no image of a data set, by why, as far as it was asked for.
    package var leftOut: ProblemList {
        if case .folder(let listing) = contents { listing.leftOut } else { leftOutOfList }
    }
    /// What was found that a user should know.
    package var notices: [String] {
        if case .folder(let listing) = contents { listing.notices.lines } else { [] }
    }

    let isArchive: Bool
    private var contents: Contents
    private var leftOutOfList = ProblemList()

    /// A folder of this machine.
    package init(folder path: String) {
        name = path
        isArchive = false
        contents = .folder(FolderListing(root: path))
    }

    /// - Parameter paths: of image files, with `/` between folders.
    package init(name: String, paths: [String], isArchive: Bool = false) {
        self.name = name
        self.isArchive = isArchive
        var kept: [String] = []
        for path in paths {
            if ToolFiles.contains(path: path) {
                leftOutOfList.add(ToolFiles.noun, ToolFiles.rest, path)
            } else {
                kept.append(path)
            }
        }
        contents = .listed(Dictionary(grouping: kept) { $0.firstFolder?.bytewiseKey ?? [] })
    }

    /// Names of the folders at the top, sorted bytewise.
    mutating func subfolders() throws -> [String] {
        switch contents {
        case .folder(var listing):
            defer { contents = .folder(listing) }
            return try listing.subfolders()
        case .listed(let paths):
            for path in paths[[]] ?? [] { leftOutOfList.add("file", "beside the class folders", path) }
            return paths.keys.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }.sorted { $0.precedesBytewise($1) }
        }
    }

    /// Image files below one of the folders at the top, or all where `top` is nil, relative to it: folder by folder in bytewise order, and in
    /// each by name.
    mutating func imageFiles(below top: String? = nil) throws -> [String] {
        switch contents {
        case .folder(var listing):
            defer { contents = .folder(listing) }
            return try listing.imageFiles(below: top ?? "")
        case .listed(let paths):
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

/// What file managers, notebooks and network stores leave beside images, and nobody means.
package enum ToolFiles {
    /// What they are called as a kind of problem.
    package static let noun = "entry"
    package static let rest = "hidden or made by tools"
    private static let folders: Set<String> = ["__MACOSX", "@eaDir", "#recycle", "lost+found", "$RECYCLE.BIN", "System Volume Information"]

    static func contains(folder name: some StringProtocol) -> Bool { name.hasPrefix(".") || folders.contains(String(name)) }

    /// macOS writes what else it knows of `x.jpg` into `._x.jpg`.
    static func contains(file name: some StringProtocol) -> Bool { name.hasPrefix("._") }

    package static func contains(path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.dropLast().contains { contains(folder: $0) } || parts.last.map { contains(file: $0) } == true
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
