internal import Diagnostics
internal import ImageInput

/// Images of archives as a tree of folders, for labels that go by folders or names.
struct ContainedTree {
    let fileTree: FileTree
    private(set) var notices: [String] = []
    private let images: [[UInt8]: ContainedImage]

    /// - Throws: `dataset.labels` where two archives have an image of the same name.
    init(_ images: [ContainedImage], title: String, prefix: String) throws {
        if !prefix.isEmpty { notices.append("the folder \(prefix) in the archive holds everything, and counts as the data set's root") }
        let start = prefix.isEmpty ? 0 : prefix.utf8.count + 1
        var known: [[UInt8]: ContainedImage] = [:]
        var doubled = ProblemList()
        var paths: [String] = []
        for image in images {
            let path = String(decoding: image.image.path.utf8.dropFirst(start), as: UTF8.self)
            if let other = known.updateValue(image, forKey: path.bytewiseKey) {
                doubled.add("name", "of two images", "\(path) in \(other.container) and \(image.container)")
            }
            paths.append(path)
        }
        try doubled.throwIfAny(
            .labelMismatch, title, remedy: "Describe each archive as a data set of its own, or put the labels into the archives (KEY.cls).")
        self.images = known
        fileTree = FileTree(name: title, paths: paths, isArchive: true)
    }

    func image(at path: String) -> ContainedImage? { images[path.bytewiseKey] }

    /// The folders around all images: people put the folder `val` into `val.tar`, and mean what is in it.
    /// - Parameter depth: folders that have to be left below for most images: one where they are classes. An image beside them is a stray one.
    static func wrapping(_ images: [ContainedImage], depth: Int) -> String {
        let slash = UInt8(ascii: "/")
        func folders(_ path: some Sequence<UInt8>) -> Int { path.count(where: { $0 == slash }) }
        guard let deepest = images.max(by: { folders($0.image.path.utf8) < folders($1.image.path.utf8) })?.image.path else { return "" }
        var prefix: [UInt8] = []
        for part in deepest.utf8.split(separator: slash).dropLast(depth + 1) {
            let longer = prefix + Array(part) + [slash]
            guard images.allSatisfy({ $0.image.path.utf8.starts(with: longer) }),
                2 * images.count(where: { folders($0.image.path.utf8.dropFirst(longer.count)) >= depth }) > images.count
            else { break }
            prefix = longer
        }
        return String(decoding: prefix.dropLast(), as: UTF8.self)
    }
}
