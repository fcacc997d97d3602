import Foundation

/// What is fuzzed, by name; the program that libFuzzer drives takes the one that FUZZ_TARGET names.
private let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "archives": fuzzArchive, "checkpoints": fuzzCheckpoint, "descriptions": fuzzDescription, "forms": fuzzForm, "images": fuzzImage,
    "labels": fuzzLabels, "listings": fuzzListing, "messages": fuzzMessage, "shards": fuzzShards,
]

private let target: @Sendable ([UInt8]) -> Void = {
    guard let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"], let target = targets[name] else {
        fatalError("FUZZ_TARGET is one of \(targets.keys.sorted().joined(separator: ", "))")
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
