package import Checkpoints
internal import Diagnostics
package import Networks
internal import Reports

/// A checkpoint as one self-contained page: its network, its weights, and the pictures that they make.
package struct ModelPage: Sendable {
    /// As many rows of a block's token-mixing weights are shown, where nobody says otherwise.
    package static let defaultRows = 8

    let checkpoint: Checkpoint
    let name: String
    let rows: Int
    let probe: ProbeVerdict?

    /// - Parameters:
    ///   - rows: how many rows of each block's token-mixing weights are shown on their grid.
    ///   - probe: whether the network gives what its own code gave, where that is known.
    package init(_ checkpoint: Checkpoint, name: String, rows: Int = ModelPage.defaultRows, probe: ProbeVerdict? = nil) {
        self.checkpoint = checkpoint
        self.name = name
        self.rows = rows
        self.probe = probe
    }

    var network: Network { checkpoint.network }

    func values(_ name: String) -> [Float] { checkpoint.parameters.tensors[name]?.values ?? [] }

    /// The whole file.
    /// - Throws: `image.encoding`.
    package var html: String {
        get throws {
            let sections: [Page.Section?] = [
                Page.Section("network", "Network", structure),
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
                "network", network.facts.publishedName ?? network.facts.family ?? "described",
                network.facts.family.map { "family \($0)" } ?? "of no family"
            ),
            ("parameters", NumberText.grouped(network.graph.parameterCount), "trainable"),
            ("input", "\(network.inputSize) x \(network.inputSize)", "pixels"),
            ("classes", NumberText.grouped(network.classes), "outputs of the head"),
            ("neurons", NumberText.grouped(network.activity.neurons), "in \(network.activity.groups.count.counted("group"))"),
            ("saved time steps", checkpoint.savedTimeSteps.map { "\($0)" } ?? "-", "of its training"),
        ]
        return .element(
            "div", ["class": "tiles"],
            tiles.map { name, value, remark in
                .element("div", ["class": "tile"], .element("span", [:], name), .element("b", [:], value), .element("span", [:], remark))
            })
    }

    /// Layers by the grid of their outputs, and what the tensors do not tell.
    private var structure: Markup {
        var facts = network.facts.sizes.map { ($0.name, Markup.text($0.value)) }
        facts += network.neuronEquations.map { ("neuron", .text($0)) }
        facts += network.facts.settings.map { ($0.key, .text("\($0.value) (\($0.origin.rawValue))")) }
        facts += network.facts.published.map { ("published top-1", .text($0.text)) }
        if let preprocessing = network.facts.preprocessing { facts.append(("published preprocessing", .text(preprocessing.text))) }
        if let probe { facts.append(("its own code's answers", .text(probe.text))) }
        let multiplying = network.activity.multiplying.filter { !$0.isInput }.map(\.name)
        let remark =
            multiplying.isEmpty
            ? "Nothing but the layers on pixels multiplies."
            : "Layers that multiply currents: \(multiplying.joined(separator: ", "))."
        return PageTable.table(gridTable)
            + .element(
                "p", [:],
                "Layers on pixels do \(NumberText.grouped(network.activity.inputOperations)) multiply-accumulates an image. \(remark)")
            + PageTable.facts(facts)
    }

    private var gridTable: TextTable {

        var grids: [Extent2] = []
        var groups: [Extent2: [NeuronGroup]] = [:]
        var layers: [Extent2: [SynapticLayer]] = [:]
        func note(_ grid: Extent2) { if !grids.contains(grid) { grids.append(grid) } }
        for group in network.activity.groupsInDataFlow.map({ network.activity.groups[$0] }) {
            let grid = Extent2(group.height, group.width)
            note(grid)
            groups[grid, default: []].append(group)
        }
        for layer in network.activity.layers {
            let output = network.features[layer.node]
            let grid = Extent2(output.height, output.width)
            note(grid)
            layers[grid, default: []].append(layer)
        }
        return TextTable(
            [
                .init("grid"), .init("neuron groups", .right), .init("neurons", .right), .init("layers on spikes", .right),
                .init("dense synops per time step", .right),
            ],
            rows: grids.map { grid in
                let (groups, layers) = (groups[grid] ?? [], layers[grid] ?? [])
                return [
                    "\(grid.height) x \(grid.width)", "\(groups.count)", NumberText.grouped(groups.reduce(0) { $0 + $1.neurons }),
                    "\(layers.count)", NumberText.grouped(layers.reduce(0) { $0 + $1.denseOperations }),
                ]
            })
    }

    private var file: Markup {
        PageTable.facts([
            ("name", .text(name)), ("format", .text(checkpoint.format.rawValue)),
            ("bytes", .text(NumberText.grouped(checkpoint.fileBytes))), ("sha256", .element("code", [:], checkpoint.sha256)),
            ("epoch", .text(checkpoint.epoch.map { "\($0)" } ?? "-")),
        ])
    }
}
