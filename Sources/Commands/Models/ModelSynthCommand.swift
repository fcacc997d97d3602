internal import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import Engine
internal import Foundation
internal import ImageInput
internal import NetworkFamilies
internal import Networks

struct ModelSynthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synth",
        abstract: "Makes a network with random weights whose batch normalisations are calibrated on images.",
        discussion: "For running and measuring the full-size networks where no trained weights are published. PyTorch can load the file.")

    @Option(help: "A published network's name, such as \(NetworkFamilies.publishedNames.joined(separator: ", ")).")
    var architecture: String

    @Option(
        help: ArgumentHelp(
            "What of it shall be otherwise than published: NAME[,key=value…], with its family's name and the keys of `model add`.",
            valueName: "network"))
    var network: String?

    @Option(help: "Side of its input in pixels, where its shapes do not tell it. Default: as published, 224.")
    var size: Int?

    @Option(help: "Seed of the weights; the same seed and images give the same file.")
    var seed: UInt64 = 1

    @Option(help: "Folder of images, searched below as well; the first ones by name are used.")
    var calibrate: String

    @Option(help: "Images to calibrate on.")
    var images = 8

    @Option(name: [.customLong("timesteps")], help: "Time steps to calibrate with.")
    var timeSteps = 4

    @Option(parsing: .unconditional, help: "Shift of every batch normalisation; above 0 neurons fire more often.")
    var shift: Float = 0

    @Option(help: "The .safetensors file to write.")
    var output: String

    func validate() throws {
        if let size, !(1...4096).contains(size) { throw ValidationError("--size takes 1 to 4096") }
        guard (1...1024).contains(images) else { throw ValidationError("--images takes 1 to 1024") }
        guard shift.isFinite, abs(shift) <= 10 else { throw ValidationError("--shift takes -10 to 10") }
    }

    func run() throws {
        try ProgramExit.reporting {
            let options = try self.network.map { try NetworkOptions(parsing: $0) }
            guard let network = try NetworkFamilies.named(architecture, options: options, imageSize: size) else {
                throw Failure(
                    Failure.Code("architecture.unknown"), "there is no architecture \(architecture)",
                    remedy: "choose one of \(NetworkFamilies.publishedNames.joined(separator: ", "))")
            }
            let loader = try ImageLoader(
                Preprocessing(.default(imageSize: network.inputSize, published: network.facts.preprocessing)))
            let pixels = try ImageSearch.files(below: calibrate, limit: images).map { try loader.load(path: $0).pixels }
            let meter = ProgressMeter("calibrating", unit: "layers")
            let parameters = try Synthesis.parameters(
                network: network, seed: seed, calibration: pixels, timeSteps: timeSteps, normalizationShift: shift
            ) { done, total in meter.update(done, of: total) }
            meter.finish()
            var writer = SafetensorsWriter()
            writer.metadata = ["format": "pt", "architecture": architecture, "seed": "\(seed)", "T": "\(timeSteps)", "shift": "\(shift)"]
            // What tensors do not tell of the network stands beside them.
            writer.metadata["network"] = network.options?.text
            if size != nil { writer.metadata["image_size"] = "\(network.inputSize)" }
            for specification in network.graph.parameterSpecifications {
                guard let tensor = parameters.tensors[specification.name] else { continue }
                writer.add(specification.name, tensor)
            }
            // PyTorch counts batches beside every running mean.
            var counted: Set<String> = []
            for mean in network.graph.normalisations.map(\.mean) where mean.hasSuffix(".running_mean") && counted.insert(mean).inserted {
                writer.add("\(mean.dropLast("running_mean".count))num_batches_tracked", shape: [], integers: [Int64(0)])
            }
            try writer.write(to: output)
            note("wrote \(output): \(network.graph.parameterCount.counted("parameter")), calibrated on \(pixels.count.counted("image"))")
        }
    }
}

/// Images below a folder.
package enum ImageSearch {
    /// The first `limit` JPEG and PNG files by name.
    package static func files(below folder: String, limit: Int) throws -> [String] {
        guard let found = FileManager.default.enumerator(atPath: folder) else {
            throw Failure(Failure.Code("folder.unreadable"), "\(folder) is no folder that can be read", remedy: "name a folder of images")
        }
        let endings: Set<String> = ["jpg", "jpeg", "png"]
        let names = found.compactMap { $0 as? String }.filter { endings.contains(URL(filePath: $0).pathExtension.lowercased()) }
        guard !names.isEmpty else {
            throw Failure(Failure.Code("folder.empty"), "there are no JPEG or PNG files below \(folder)", remedy: "name a folder of images")
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit).map { folder + "/" + $0 }
    }
}
