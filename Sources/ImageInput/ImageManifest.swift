import Diagnostics
import Foundation
import Synchronization

/// Where a data set's labels come from.
package enum LabelSource: Sendable, Hashable {
    /// One folder per class; classes are numbered in the order of their names.
    case folders
}

/// A data set's images in their one order.
package struct ImageManifest: Sendable {
    package struct Entry: Sendable, Hashable {
        package var path: String
        package var label: Int
        package var byteCount: Int
        package var hash: ContentHash
    }

    package var entries: [Entry]
    package var classes: [String]
    package var digest: ContentHash

    package static func build(
        root: String, labels: LabelSource, threads: Int, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> ImageManifest {
        let classes = try FileManager.default.contentsOfDirectory(atPath: root).filter { name in
            var folder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &folder) && folder.boolValue
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var entries: [Entry] = []
        for (label, name) in classes.enumerated() {
            for file in try FileManager.default.contentsOfDirectory(atPath: root + "/" + name).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
                let data = try Data(contentsOf: URL(filePath: root + "/" + name + "/" + file))
                entries.append(Entry(path: name + "/" + file, label: label, byteCount: data.count, hash: ContentHash(of: Array(data))))
            }
        }
        let text = entries.map { "\($0.path)\t\($0.label)\t\($0.byteCount)\t\($0.hash)\n" }.joined()
        return ImageManifest(entries: entries, classes: classes, digest: ContentHash(of: Array(text.utf8)))
    }
}
