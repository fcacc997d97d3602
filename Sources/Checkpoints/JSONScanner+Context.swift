import Networks

extension JSONScanner {
    /// Reads a safetensors header.
    init(_ bytes: [UInt8], context: FailureContext) {
        self.init(bytes, subject: "the safetensors header") { context.malformed($0) }
    }
}
