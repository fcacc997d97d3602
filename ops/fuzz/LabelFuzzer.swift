import Foundation
import ImageInput

/// A folder with two images and a list of labels beside it, in memory where the system has such a place.
private let folder: String = {
    let folder = "/dev/shm/evalctl-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: folder + "/images", withIntermediateDirectories: true)
    for name in ["a.JPEG", "b.JPEG"] { _ = FileManager.default.createFile(atPath: "\(folder)/images/\(name)", contents: Data([0xFF])) }
    return folder
}()

/// Any bytes as any list that describes labels give a manifest or a `Failure`, and neither crash nor hang nor take memory without bound.
func fuzzLabels(_ input: [UInt8]) {
    let list = folder + "/list"
    guard (try? Data(input).write(to: URL(filePath: list))) != nil else { return }
    let sources: [LabelSource] = [
        .list(path: list, classNames: nil), .orderedFolders(.file(list)), .orderedFolders(.synsets(list)), .orderedFolders(.map(list)),
        .groundTruth(numbers: list, synsets: nil),
    ]
    for source in sources { _ = try? ImageManifest.build(root: folder + "/images", labels: source, threads: 1) }
    _ = try? SynsetTitles.read(path: list)
    _ = try? AcceptedLabels(path: list, images: ["a.JPEG", "b.JPEG"], classes: ["a", "b"])
}
