internal import ArgumentParser
internal import Checkpoints
internal import Diagnostics
internal import Foundation
internal import ImageInput
internal import SpikingMLP

struct ModelSynthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synth",
        abstract: "Makes a network with random weights whose batch normalisations are calibrated on images.",
        discussion: "For running and measuring the full-size networks where no trained weights are published. PyTorch can load the file.")

    @Option(help: "The paper's name: mlp-spe-t, mlp-spe-s, mlp-spe-b or mlp-s.")
    var architecture: String

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
        guard (1...1024).contains(images) else { throw ValidationError("--images takes 1 to 1024") }
        guard shift.isFinite, abs(shift) <= 10 else { throw ValidationError("--shift takes -10 to 10") }
    }

    func run() throws {
        try ProgramExit.reporting {
            guard let network = Architecture.named(architecture) else {
                throw Failure(
                    Failure.Code("architecture.unknown"), "there is no architecture \(architecture)",
                    remedy: "choose one of \(Architecture.paperNames.joined(separator: ", "))")
            }
            let loader = try ImageLoader(Preprocessing(imageSize: network.imageSize))
            let pixels = try ImageSearch.files(below: calibrate, limit: images).map { try loader.load(path: $0).pixels }
            let meter = ProgressMeter("calibrating", unit: "layers")
            let parameters = try Synthesis.parameters(
                architecture: network, seed: seed, calibration: pixels, timeSteps: timeSteps, normalizationShift: shift
            ) { done, total in meter.update(done, of: total) }
            meter.finish()
            var writer = SafetensorsWriter()
            writer.metadata = ["format": "pt", "architecture": architecture, "seed": "\(seed)", "T": "\(timeSteps)", "shift": "\(shift)"]
            for specification in network.parameterSpecifications {
                guard let tensor = parameters.tensors[specification.name] else { continue }
                writer.add(specification.name, tensor)
            }
            for name in network.batchNormNames { writer.add("\(name).num_batches_tracked", shape: [], integers: [Int64(0)]) }
            try writer.write(to: output)
            note("wrote \(output): \(network.parameterCount) parameters, calibrated on \(pixels.count) images")
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
