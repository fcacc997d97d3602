internal import ArgumentParser
internal import Commands
internal import ImageInput

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures this machine.",
        subcommands: [BenchPreprocess.self, BenchEngineCommand.self, BenchPipeline.self])

    struct BenchPreprocess: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "preprocess",
            abstract: "Times decoding and preprocessing of a JPEG against libjpeg-turbo's own decode of it, on one thread.")

        @Argument(help: "A JPEG file.")
        var file: String

        @Option(help: "Side of the square, in pixels.")
        var size = 224

        func run() throws {
            try ProgramExit.reporting {
                let result = try PreprocessBenchmark.measure(path: file, preprocessing: Preprocessing(imageSize: size))
                output("\(result)\n")
            }
        }
    }
}
