import Foundation
import ImageInput

/// A folder with two images and a list of labels beside it, in memory where the system has such a place.
private let folder: String = {
    let folder = "/dev/shm/evalctl-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: folder + "/images", withIntermediateDirectories: true)
    for name in ["a.JPEG", "b.JPEG"] { _ = FileManager.default.createFile(atPath: "\(folder)/images/\(name)", contents: Data([0xFF])) }
    return folder
}()

/// libFuzzer's entry point: any bytes as a list of labels give a manifest or a `Failure`, and neither crash nor hang nor take memory without
/// bound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLabels(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let list = folder + "/list"
    guard (try? Data(bytes: bytes, count: count).write(to: URL(filePath: list))) != nil else { return 0 }
    _ = try? ImageManifest.build(root: folder + "/images", labels: .list(path: list, classNames: nil), threads: 1)
    _ = try? AcceptedLabels(path: list, images: ["a.JPEG", "b.JPEG"], classes: ["a", "b"])
    return 0
}
