import ImageInput

private let hashing = HashingThreads(count: 2)

/// Any bytes give an index or a failure, and neither crash nor hang nor take memory without bound.
///
/// The first byte chooses how many bytes come at a time, and whether the checksums of all headers are set right first: a mutated one would
/// fail at its checksum, and what stands behind it would never be read.
func fuzzArchive(_ input: [UInt8]) {
    guard let kind = input.first else { return }
    var file = Array(input.dropFirst())
    if kind & 1 == 1 { correctChecksums(&file) }
    let size = kind & 2 == 0 ? max(file.count, 1) : Int(kind >> 2) + 1
    var position = 0
    let stream = ArchiveStream(title: "fuzz", byteCount: file.count) {
        defer { position += size }
        return position < file.count ? Array(file[position..<min(position + size, file.count)]) : nil
    }
    guard let index = try? ArchiveIndex(stream, hashing: hashing) else { return }
    for image in index.images {
        let (end, overflow) = image.offset.addingReportingOverflow(image.byteCount)
        precondition(image.offset >= 0 && image.byteCount >= 0 && !overflow && end <= file.count, "an image lies outside of its archive")
        precondition(ImageReference.staysBelow(image.path), "an image's path leaves the archive")
        precondition(file[image.offset..<end].starts(with: image.start), "an image begins elsewhere")
        precondition(ContentHash(of: Array(file[image.offset..<end])) == image.hash, "an image has another's hash")
    }
}

private func correctChecksums(_ file: inout [UInt8]) {
    for start in stride(from: 0, to: file.count - 511, by: 512) where file[start..<start + 512].contains(where: { $0 != 0 }) {
        for place in start + 148..<start + 156 { file[place] = 0x20 }
        let sum = file[start..<start + 512].reduce(0) { $0 + Int($1) }
        let digits = Array(String(sum, radix: 8).utf8)
        file.replaceSubrange(start + 148..<start + 148 + digits.count, with: digits)
        file[start + 148 + digits.count] = 0
    }
}
