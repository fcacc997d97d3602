/// A data set as it was found, and what a person wants to see of it before it is used.
package struct DataSetFindings: Sendable {
    package let manifest: ImageManifest
    /// How many images have which format, as their bytes tell; the most frequent first.
    package let formats: [(name: String, images: Int)]
    /// What is there and no image of the data set, by why.
    package let leftOut: ProblemList
    /// What was understood in one of several ways, a sentence each.
    package let notices: [String]

    package init(
        manifest: ImageManifest, formats: some Sequence<ImageFormat>, leftOut: ProblemList = ProblemList(), notices: [String] = []
    ) {
        self.manifest = manifest
        var undecodable = ProblemList()
        for (entry, format) in zip(manifest.entries, formats) where !format.isDecoded {
            undecodable.add(
                "image", "by name, with bytes of no format that is decoded, a failure in runs", "\(entry.path): \(format.name)")
        }
        self.formats = Dictionary(grouping: formats, by: \.name).map { (name: $0.key, images: $0.value.count) }.sorted {
            ($1.images, $0.name) < ($0.images, $1.name)
        }
        self.leftOut = leftOut
        self.notices = notices + undecodable.lines
    }
}
