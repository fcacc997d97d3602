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

    /// Places of the files that a name may mean: by its path below the root, with or without the extension; else by the longest end of it that
    /// is such a path, where the list was written elsewhere, also on Windows; else by the file's own name, where the list has no folders.
    func places(of name: String) -> [Int] {
        if let found = paths[name.bytewiseKey] { return found }
        let separator = UInt8(ascii: "/")
        let name = name.utf8.contains(UInt8(ascii: "\\")) ? name.replacing("\\", with: "/") : name
        var rest = name.utf8[...]
        while true {
            if let found = paths[Array(rest)] { return found }
            guard let end = rest.firstIndex(of: separator) else { break }
            rest = rest[rest.index(after: end)...]
        }
        let own = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
        return own.utf8.contains(separator) ? [] : lastParts[own.bytewiseKey] ?? []
    }
}
