package import Checkpoints
internal import Reports
internal import SpikingMLP

/// A checkpoint as one self-contained page: its architecture, its weights, and the pictures that they make.
package struct ModelPage: Sendable {
    /// As many rows of a block's token-mixing weights are shown, where nobody says otherwise.
    package static let defaultRows = 8

    let checkpoint: Checkpoint
    let name: String
    let rows: Int

    /// - Parameter rows: how many rows of each block's token-mixing weights are shown on their grid.
    package init(_ checkpoint: Checkpoint, name: String, rows: Int = ModelPage.defaultRows) {
        self.checkpoint = checkpoint
        self.name = name
        self.rows = rows
    }

    var architecture: Architecture { checkpoint.architecture }
    var description: CheckpointDescription { CheckpointDescription(checkpoint) }

    func values(_ name: String) -> [Float] { checkpoint.parameters.tensors[name]?.values ?? [] }

    /// The whole file.
    /// - Throws: `image.encoding`.
    package var html: String {
        get throws {
            let sections: [Page.Section?] = [
                Page.Section("architecture", "Architecture", structure),
                Page.Section("first-convolution", "First convolution", try firstConvolution),
                Page.Section("token-mixing", "Token mixing", try tokenMixing),
                Page.Section("weights", "Weights", weights),
                Page.Section("file", "File", file),
            ]
            return Page(title: "Model \(name)", lead: lead, sections: sections.compactMap { $0 }).html
        }
    }

    private var lead: Markup {
        let tiles = [
            (
                "network", description.name ?? "\(architecture.family.rawValue), dim \(architecture.dim)",
                "family \(architecture.family.rawValue)"
            ),
            ("parameters", NumberText.grouped(description.parameters), "trainable"),
            ("input", "\(architecture.imageSize) x \(architecture.imageSize)", "pixels, patches of \(architecture.patchSize)"),
            ("classes", NumberText.grouped(architecture.classes), "outputs of the head"),
            ("blocks", "\(architecture.blocks.count)", architecture.depths.map { "\($0)" }.joined(separator: " + ") + " in four stages"),
            ("saved time steps", description.timesteps.map { "\($0)" } ?? "-", "of its training"),
        ]
        return .element(
            "div", ["class": "tiles"],
            tiles.map { name, value, remark in
                .element("div", ["class": "tile"], .element("span", [:], name), .element("b", [:], value), .element("span", [:], remark))
            })
    }

    /// Stages with their sizes.
    private var structure: Markup {
        let groups = architecture.lifGroups
        let rows = (0..<4).map { stage in
            let (channels, side) = (architecture.channels(stage: stage), architecture.grid(stage: stage))
            let blocks = architecture.blocks.filter { $0.stage == stage }
            let names = Set(blocks.map { "\($0.index)" })
            let tensors = architecture.parameterSpecifications.filter { $0.isTrainable && isPart($0.name, ofStage: stage, blocks: names) }
            let layers = architecture.synapticLayers.filter { isPart($0.name, ofStage: stage, blocks: names) }
            return [
                "\(stage)", "\(blocks.count)", "\(channels)", "\(side) x \(side)",
                NumberText.grouped(groups.filter { isPart($0.name, ofStage: stage, blocks: names) }.reduce(0) { $0 + $1.neurons }),
                NumberText.grouped(tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }),
                NumberText.grouped(layers.reduce(0) { $0 + $1.denseOperations }),
            ]
        }
        let table = TextTable(
            [
                .init("stage"), .init("blocks", .right), .init("channels", .right), .init("tokens", .right),
                .init("LIF neurons", .right), .init("parameters", .right), .init("dense synops per time step", .right),
            ], rows: rows)
        let embedding =
            architecture.family == .spe
            ? "three 3x3 convolutions on spikes (a patch cell)" : "a 2x2 convolution of stride 2"
        return .element(
            "p", [:],
            "Pixels go through a \(architecture.patchSize)x\(architecture.patchSize) convolution once per image; each further stage begins "
                + "with \(embedding). A block mixes tokens along rows and columns, then channels through a hidden layer of "
                + "\(architecture.alpha) times as many. The head's \(NumberText.grouped(headParameters)) parameters are in no stage.")
            + PageTable.table(table)
    }

    private var headParameters: Int {
        architecture.parameterSpecifications.filter { $0.isTrainable && ($0.name.hasPrefix("mlp_head") || $0.name.hasPrefix("batch_norm")) }
            .reduce(0) { $0 + $1.shape.reduce(1, *) }
    }

    /// Whether a module is a stage's own: one of its blocks' or its embedding.
    private func isPart(_ name: String, ofStage stage: Int, blocks: Set<String>) -> Bool {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count > 1 else { return false }
        return parts[0].hasPrefix("to_patch_embedding") ? parts[1] == "\(stage)" : parts[0].contains("_mix") && blocks.contains(parts[1])
    }

    private var file: Markup {
        PageTable.facts([
            ("name", .text(name)), ("format", .text(checkpoint.format.rawValue)),
            ("bytes", .text(NumberText.grouped(checkpoint.fileBytes))), ("sha256", .element("code", [:], checkpoint.sha256)),
            ("epoch", .text(checkpoint.epoch.map { "\($0)" } ?? "-")),
        ])
    }
}
