/// libFuzzer's entry point: any bytes give fields or none.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzForm(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    _ = FormFields(parsing: text)?["token"]
    return 0
}
