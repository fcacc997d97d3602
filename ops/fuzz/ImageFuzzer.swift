import ImageInput

/// libFuzzer's entry point: any bytes give pixels or a `Failure`, and neither crash nor hang nor take memory without bound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzImage(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let preprocessing = try? Preprocessing(imageSize: 32, pixelLimit: 1_000_000) else { return 0 }
    _ = try? ImageLoader(preprocessing).load(bytes: input, name: "fuzz")
    return 0
}
