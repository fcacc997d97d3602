import Foundation
import ImageInput

/// A folder with two images and a list of labels beside it, in memory where the system has such a place.
private let folder: String = {
    let folder = "/dev/shm/evalctl-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: folder + "/images", withIntermediateDirectories: true)
    for name in ["a.JPEG", "b.JPEG"] { _ = FileManager.default.createFile(atPath: "\(folder)/images/\(name)", contents: Data([0xFF])) }
    return folder
}()

/// A list that is right: names of classes, and a label for each image.
private let names: String = {
    let names = folder + "/names"
    _ = FileManager.default.createFile(atPath: names, contents: Data("a.JPEG 3\nb.JPEG 1\n".utf8))
    return names
}()

/// Any bytes as any list that describes labels give a manifest or a `Failure`, and neither crash nor hang nor take memory without bound.
func fuzzLabels(_ input: [UInt8]) {
    let list = folder + "/list"
    guard (try? Data(input).write(to: URL(filePath: list))) != nil else { return }
    let sources: [LabelSource] = [
        .list(path: list, classNames: nil), .list(path: list, classNames: names), .list(path: list, classNames: list),
        .list(path: list, classNames: nil, classMap: list), .list(path: list, classNames: nil, synsets: list),
        .list(path: names, classNames: nil, classMap: list), .localization(solution: list, synsets: list),
        .orderedFolders(.file(list)), .orderedFolders(.synsets(list)), .orderedFolders(.map(list)),
        .groundTruth(numbers: list, synsets: nil), .groundTruth(numbers: list, synsets: list),
    ]
    for source in sources {
        guard let manifest = try? ImageManifest.find(root: folder + "/images", labels: source, threads: 1).manifest else { continue }
        precondition(manifest.entries.allSatisfy { manifest.classes.indices.contains($0.label) }, "a label is of no class")
    }
    _ = try? SynsetTitles.read(path: list)
    _ = try? AcceptedLabels(path: list, images: ["a.JPEG", "b.JPEG"], classes: ["a", "b"])
}
