internal import ArgumentParser
internal import Audit
internal import Checkpoints
internal import Diagnostics
internal import Engine
internal import Evaluation
internal import EvaluationStore
internal import Foundation
internal import ImageInput
internal import Networks
internal import Reports

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Counts every operation of a network's inference and proves what is multiplied: the MFI certificate.",
        discussion: """
            The engine's specification is run over an arithmetic that counts, and its spikes and logits are compared with the engine's own, \
            bit for bit. Of the float reference it says what is multiplied. The certificate of a stored model is kept in the database, and \
            the reports of its runs quote it. Exits with 1 where the engine gave something else than what was counted.
            """)

    @Argument(help: "A .pth or .safetensors file, or the name of a stored model.")
    var model: String

    @Option(help: "Folder of images, searched below as well; the first ones by name are used. Default: generated images.")
    var images: String?

    @Option(help: "Images to use.")
    var count = 2

    @OptionGroup var checkpointOptions: CheckpointOptions

    @OptionGroup var engine: EngineOptions

    @OptionGroup var memory: MemoryOptions

    @Option(
        name: [.customLong("timesteps")],
        help: "Time steps. Default: what the checkpoint says, else as the network's family was published, else 4.")
    var timeSteps: Int?

    @Option(
        name: .customLong("energy"), parsing: .unconditionalSingleValue,
        help: "A table of energy costs, NAME=AC,MAC in picojoules, beside the published ones or instead of one of them. May be repeated.")
    var energy: [String] = []

    @Option(help: "table, json or markdown.")
    var format = OutputFormat.table

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        if !NameText.isPath(model) { try checkpointOptions.requireNone(model: model) }
        guard (1...1000).contains(count) else { throw ValidationError("--count takes 1 to 1000") }
        for text in energy where EnergyCosts(parsing: text) == nil {
            throw ValidationError("--energy takes NAME=AC,MAC in picojoules, such as 7nm-int16=0.007,0.06, not \(text)")
        }
    }

    func run() throws {
        try ProgramExit.reporting {
            if NameText.isPath(model) {
                return try finish(audited(checkpointOptions.load(model)))
            }
            let certificate = try DatabaseAccess(options: databaseOptions).withStore { store in
                let stored = try store.model(named: model, orFile: true)
                let certificate = try audited(StoredCheckpoint.load(stored, from: store))
                try store.catalogue.store(certificate, of: stored, json: try renderJSON(certificate))
                return certificate
            }
            try finish(certificate)
        }
    }

    private func audited(_ checkpoint: consuming Checkpoint) throws -> Certificate {
        let sha256 = checkpoint.sha256
        let steps = timeSteps ?? checkpoint.timeSteps
        let network = try Engines.make(engine.name, parameters: checkpoint.parameters)
        try network.checkTimeSteps(steps)
        // The counted run and the engine's own, each with its spikes.
        try network.memory(timeSteps: steps, isTracing: true).require(threads: 2, timeSteps: steps, limit: memory.limit)
        let pixels =
            if let images {
                try loaded(images, network.network)
            } else {
                GeneratedImages.make(count: count, size: network.network.inputSize)
            }
        let audit = EngineAudit(
            engine: network, timeSteps: steps, images: pixels, imageSource: images == nil ? "generated" : "files")
        return try audit.run(modelSHA256: sha256, version: programVersion, costs: costs) { index in
            note("audit: image \(index) of \(pixels.count)")
        }
    }

    private func loaded(_ folder: String, _ network: Network) throws -> [[UInt8]] {
        let loader = try ImageLoader(
            Preprocessing(.default(imageSize: network.inputSize, published: network.facts.preprocessing)))
        return try ImageSearch.files(below: folder, limit: count).map { try loader.load(path: $0).pixels }
    }

    /// The published tables and the given ones; a later one replaces an earlier one of its name.
    private var costs: [EnergyCosts] { EnergyCosts.published + energy.compactMap { EnergyCosts(parsing: $0) } }

    private func finish(_ certificate: Certificate) throws {
        output(try certificate.rendered(as: format))
        if certificate.grade == .unproven { throw ProgramExit.failure }
    }
}
