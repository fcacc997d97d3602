internal import Diagnostics
package import Evaluation
internal import ImageInput
internal import ImageSources

extension RunPageContent {
    /// Side of a picture in pixels; smaller inputs keep their own size.
    private static let pictureSide = 112
    /// Larger files and images are not read: a page should not need more memory than the evaluation it tells of.
    private static let fileLimit = 64 << 20
    private static let decodedLimit = 24_000_000

    /// Reads the pictures of the worst images, as the network saw them: resized and cropped, then made smaller. What concerns one image
    /// (a missing, changed or broken file) is told in its place.
    /// - Parameter root: where the data set's images are on this machine, where that is not where they were when it was added.
    package mutating func readPictures(in root: String? = nil) {
        guard !worst.isEmpty else { return }
        let limit = max(1, min(pixelLimit, Self.decodedLimit))
        guard let recipe = pictureRecipe, let preprocessing = try? Preprocessing(recipe, pixelLimit: limit) else { return }
        let side = recipe.cropSize
        let loader = ImageLoader(preprocessing)
        let source = Result { try ImageSource(root: root ?? dataSetFolder) }
        for index in worst.indices {
            let image = worst[index]
            do {
                let expected = ContentHash(bytes: image.sha256).map { ExpectedContents(byteCount: image.bytes, hash: $0) }
                let source = try source.get()
                let reference = ImageReference(
                    path: image.mistake.path,
                    place: image.container.flatMap { container in image.offset.map { .init(container: container, offset: $0) } },
                    byteCount: image.bytes)
                let pixels = try loader.load(
                    bytes: source.read(reference, limit: Self.fileLimit), name: source.title(of: reference), expected: expected
                ).pixels
                worst[index].picture = .png(try PNGEncoder.encode(pixels, width: side, height: side), width: side, height: side)
            } catch let failure as Failure {
                worst[index].picture = .missing(failure.message)
            } catch {
                worst[index].picture = .missing("\(error)")
            }
        }
    }

    /// The run's preprocessing at a picture's size; the standard one where this program does not know the run's.
    private var pictureRecipe: PreprocessingRecipe? {
        guard let recipe = try? PreprocessingRecipe(identifier: report.provenance.preprocessing) else {
            return try? PreprocessingRecipe(cropSize: Self.pictureSide)
        }
        return try? recipe.scaled(toCropSize: min(recipe.cropSize, Self.pictureSide))
    }
}
