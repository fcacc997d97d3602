/// Finds a folder's files by what lists of labels call them.
struct ListedFiles {
    private var paths: [[UInt8]: [Int]] = [:]
    private var lastParts: [[UInt8]: [Int]] = [:]

    init(_ files: [String]) {
        for (place, file) in files.enumerated() {
            paths[file.bytewiseKey, default: []].append(place)
            let last = file.lastComponent
            if last.utf8.count < file.utf8.count { lastParts[last.bytewiseKey, default: []].append(place) }
            let stem = file.withoutExtension
            guard stem.utf8.count < file.utf8.count else { continue }
            paths[stem.bytewiseKey, default: []].append(place)
            if last.utf8.count < file.utf8.count { lastParts[last.withoutExtension.bytewiseKey, default: []].append(place) }
        }
        // A whole name goes before others' names without their extensions.
        for (place, file) in files.enumerated() { paths[file.bytewiseKey] = [place] }
    }

    /// Places of the files that a name may mean: by its path below the root, with or without the extension; else by the end of that, where the
    /// list stands further up in the tree; else by the file's own name, where the list has no folders.
    func places(of name: String) -> [Int] {
        let name = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
        var rest = name
        while true {
            if let found = paths[rest.bytewiseKey] { return found }
            guard let folder = rest.firstFolder, !rest.hasPrefix("/") else { break }
            rest = String(decoding: rest.utf8.dropFirst(folder.utf8.count + 1), as: UTF8.self)
        }
        return name.utf8.contains(UInt8(ascii: "/")) ? [] : lastParts[name.bytewiseKey] ?? []
    }
}
