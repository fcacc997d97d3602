import ImageInput

/// Any bytes give pixels or a `Failure`, and neither crash nor hang nor take memory without bound.
func fuzzImage(_ input: [UInt8]) {
    guard let preprocessing = try? Preprocessing(imageSize: 32, pixelLimit: 1_000_000) else { return }
    _ = try? ImageLoader(preprocessing).load(bytes: input, name: "fuzz")
}
