internal import ArgumentParser
internal import Diagnostics
internal import Foundation
internal import ImageInput

struct PreprocessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preprocess",
        abstract: "Writes the pixels a network would see of an image: size * size * 3 bytes, rows of RGB.",
        discussion: "They equal torchvision's Resize and CenterCrop on Pillow images, to the bit.")

    @Argument(help: "A JPEG or PNG file.")
    var file: String

    @Option(help: "Side of the square, in pixels.")
    var size = 224

    @Option(help: "The file to write.")
    var raw: String

    @Option(help: "The most pixels an image may declare.")
    var pixelLimit = Preprocessing.defaultPixelLimit

    func run() throws {
        try ProgramExit.reporting {
            let loader = try ImageLoader(Preprocessing(imageSize: size, pixelLimit: pixelLimit))
            let pixels = try loader.load(path: file).pixels
            try FileOutput.write(Data(pixels), to: raw)
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
