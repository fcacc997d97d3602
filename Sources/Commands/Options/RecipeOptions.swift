internal import ArgumentParser
internal import Checkpoints
package import ImageInput
package import Networks

extension Interpolation: ExpressibleByArgument {}
extension PreprocessingRecipe.Resize: ExpressibleByArgument {}

/// How images are made a network's input.
struct RecipeOptions: ParsableArguments {
    @Option(help: "Pillow's filter for the resize. Default: the one that the network's family was published with, else bicubic.")
    var interpolation: Interpolation?

    @Option(
        help: ArgumentHelp(
            """
            Pixels of the shorter side before the crop, or NxN for both sides. Default: as the network's family was published, else 256 \
            for a crop of 224.
            """,
            valueName: "n|nxn"))
    var resize: PreprocessingRecipe.Resize?

    @Option(help: "Instead of --resize: the crop's side as a fraction of the resized image's shorter one, such as 0.95.")
    var cropFraction: Double?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Three means of the colours, of values from 0 to 1. Default: ImageNet's.", valueName: "r g b"))
    var mean: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Three deviations of the colours, likewise.", valueName: "r g b"))
    var std: [String] = []

    func validate() throws {
        guard resize == nil || cropFraction == nil else { throw ValidationError("--resize and --crop-fraction say the same: give one") }
        if let cropFraction, !(0.01...4).contains(cropFraction) { throw ValidationError("--crop-fraction takes 0.01 to 4") }
        for (name, texts) in [("--mean", mean), ("--std", std)] where !texts.isEmpty && Self.numbers(texts) == nil {
            throw ValidationError("\(name) takes three numbers, for red, green and blue")
        }
    }

    /// What was asked for, and the rest as `default` has it.
    ///
    /// - Throws: `preprocess.recipe`, `preprocess.normalization`.
    func recipe(default: PreprocessingRecipe) throws -> PreprocessingRecipe {
        let colors = `default`.normalization
        return try PreprocessingRecipe(
            default: `default`, interpolation: interpolation, resize: resize, cropFraction: cropFraction,
            normalization: PixelNormalization(
                means: Self.numbers(mean) ?? colors.means, deviations: Self.numbers(std) ?? colors.deviations))
    }

    /// Three numbers with blanks or commas between them.
    private static func numbers(_ texts: [String]) -> [Double]? {
        let numbers = texts.flatMap { $0.split(separator: ",") }.compactMap { Double($0) }
        return numbers.count == 3 && texts.flatMap { $0.split(separator: ",") }.count == 3 ? numbers : nil
    }
}

extension PreprocessingRecipe {
    /// The recipe of a network that reads squares of `imageSize` pixels, where nobody asks for another: the one that its family was
    /// published with, else ImageNet's usual.
    ///
    /// - Throws: `preprocess.imageSize`.
    package static func `default`(imageSize: Int, published: PublishedPreprocessing? = nil) throws -> PreprocessingRecipe {
        guard let published, let interpolation = Interpolation(rawValue: published.interpolation) else {
            return try PreprocessingRecipe(cropSize: imageSize)
        }
        return try PreprocessingRecipe(interpolation: interpolation, cropFraction: published.cropFraction, cropSize: imageSize)
    }
}
