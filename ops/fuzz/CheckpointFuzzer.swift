import Checkpoints

/// Any bytes give a checkpoint or a `Failure`, and neither crash nor hang nor take memory without bound.
///
/// The first byte chooses what the rest is: a pickle, around which an honest archive is put (a mutated one would fail at its checksum
/// and never be read), or a whole file.
func fuzzCheckpoint(_ input: [UInt8]) {
    guard let kind = input.first else { return }
    var file = Array(input.dropFirst())
    if kind == UInt8(ascii: "p") {
        var zip = ZipWriter()
        zip.add("a/data.pkl", file)
        zip.add("a/data/0", [UInt8](repeating: 0, count: 64))
        file = zip.write()
    }
    _ = try? Checkpoint.load(bytes: file, name: "fuzz")
}
