internal import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import Foundation
internal import ImageInput
internal import Networks

struct PreprocessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preprocess",
        abstract: "Writes the pixels a network would see of an image.",
        discussion: """
            They equal torchvision's Resize and CenterCrop on Pillow images, to the bit: size * size * 3 bytes, rows of RGB. Normalised \
            they are what `evalctl model trace` reads.
            """)

    @Argument(help: "An image: JPEG, PNG, WebP, BMP, TIFF or a portable map (PPM, PGM, PBM).")
    var file: String

    @Option(help: "Side of the square, in pixels.")
    var size = 224

    @OptionGroup var recipe: RecipeOptions

    @Option(help: "The file to write the bytes to.")
    var raw: String?

    @Option(help: "The .safetensors file to write the normalised values to: `input` [1, 3, size, size] in float32.")
    var normalized: String?

    @Option(help: "The most pixels an image may declare.")
    var pixelLimit = Preprocessing.defaultPixelLimit

    func validate() throws {
        guard raw != nil || normalized != nil else { throw ValidationError("say what to write, with --raw or --normalized") }
        guard pixelLimit > 0 else { throw ValidationError("--pixel-limit takes a number above 0") }
    }

    func run() throws {
        try ProgramExit.reporting {
            let recipe = try recipe.recipe(default: .default(imageSize: size))
            let loader = try ImageLoader(Preprocessing(recipe, pixelLimit: pixelLimit))
            let pixels = try loader.load(path: file).pixels
            if let raw { try FileOutput.write(Data(pixels), to: raw) }
            guard let normalized else { return }
            var planes = [Float](repeating: 0, count: pixels.count)
            recipe.normalization.normalize(pixels, into: &planes)
            var writer = SafetensorsWriter()
            writer.metadata = ["preprocessing": recipe.identifier]
            writer.add("input", Tensor(shape: [1, 3, size, size], values: planes))
            try writer.write(to: normalized)
        }
    }
}

/// Files that commands write.
enum FileOutput {
    static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure(
                Failure.Code("file.unwritable"), "\(path) cannot be written", remedy: "check that its folder is there and may be written")
        }
    }
}
