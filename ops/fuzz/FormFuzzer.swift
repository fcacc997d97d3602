/// Any bytes give fields or none.
func fuzzForm(_ input: [UInt8]) {
    _ = FormFields(parsing: String(decoding: input, as: UTF8.self))?["token"]
}
