internal import ArgumentParser
internal import Diagnostics
internal import ImageInput
package import ImageSources

/// How images are reached where a root says it not.
package struct SourceOptions: ParsableArguments {
    @Option(
        help: """
            Address of another object store than Amazon's, for roots that begin with s3://. Default: $AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL, or \
            the AWS files.
            """)
    var endpointURL: String?

    package init() {}

    package func source(_ root: String) throws -> ImageSource { try ImageSource(root: root, endpoint: endpointURL) }
}

/// Shows how far the reading of a data set is: images, or of archives megabytes.
final class SourceMeter: Sendable {
    private let images: ProgressMeter
    private let megabytes: ProgressMeter

    init(_ title: String) {
        images = ProgressMeter(title)
        megabytes = ProgressMeter(title, unit: "MB")
    }

    func update(_ progress: SourceProgress) {
        switch progress.unit {
        case .images: images.update(progress.done, of: progress.total)
        case .bytes: megabytes.update(progress.done / 1_000_000, of: max(progress.total / 1_000_000, 1))
        }
    }

    func finish() {
        images.finish()
        megabytes.finish()
    }
}

extension DataSetFindings {
    /// What was found, a line for a person each.
    var summary: [String] {
        let classes = manifest.classes
        let ends = [classes.first, classes.last].compactMap { $0.map { $0.title.map { title in "\(title)" } ?? $0.name } }
        let bytes = manifest.entries.reduce(0) { $0 + $1.byteCount }
        let kinds = formats.map { "\($0.images) \($0.name)" }.joined(separator: ", ")
        return [
            "found \(manifest.entries.count.counted("image")), \(bytes / 1_000_000) MB: \(kinds)",
            "\(classes.count.counted("class"))" + (ends.count == 2 ? ", the first \(ends[0]), the last \(ends[1])" : ""),
        ] + notices + leftOut.lines.map { "left out: \($0)" }
    }
}
