import Evaluation

/// libFuzzer's entry point: any bytes give a message that is written as it is read, or a `Failure`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessage(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard let message = try? JobMessage.decode(Array(UnsafeBufferPointer(start: bytes, count: count))) else { return 0 }
    guard (try? JobMessage.decode(message.encoded())) == message else { fatalError("a message that was read is not read again") }
    return 0
}
