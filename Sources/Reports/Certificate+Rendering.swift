internal import Diagnostics
package import Evaluation

extension Certificate {
    /// The certificate in `format`, with a newline at the end.
    package func rendered(as format: OutputFormat) throws -> String {
        guard format != .json else { return try renderJSON(self) }
        let isMarkdown = format == .markdown
        func section(_ title: String, _ table: TextTable) -> String {
            isMarkdown ? "### \(title)\n\n\(table.markdown())" : "\(title)\n\(table.plain())"
        }
        let lines = [
            "\(engine), kernels \(kernels), T = \(timeSteps), evalctl \(version), "
                + "\(images.counted(imageSource == "generated" ? "generated image" : "image")); all counts are sums over them",
            "model sha256 \(modelSHA256)",
            "grade \(grade.rawValue): \(meaning)",
        ]
        let units = units.map { ["units: \($0.spread)"] + $0.warnings.map { "warning: \($0)" } } ?? []
        let all = (lines + units).map { isMarkdown ? $0.inMarkdown : $0.printable }
        let head =
            isMarkdown ? "## MFI certificate\n\n" + all.joined(separator: "  \n") : "MFI certificate\n" + all.joined(separator: "\n")
        let sections = [
            section("Operations", operationTable), section("What is multiplied", multipliedTable), section("Layers", layerTable),
            section("Energy: \(Energy.formula); arithmetic alone, no memory traffic", energyTable),
            section("Energy of all images by layer, in nJ", layerEnergyTable),
        ]
        return head + "\n\n" + sections.joined(separator: "\n")
    }

    private var meaning: String {
        switch grade {
        case .strict: "nothing is multiplied after the first convolution; the engine's spikes and logits are the counted ones, bit for bit"
        case .multiplying: "\(NumberText.grouped(spikePath.multiplications)) multiplications after the first convolution"
        case .unproven: "the engine gave something else than what was counted: \(difference ?? "unknown")"
        }
    }

    private var operationTable: TextTable {
        let counts = [
            ("additions", spikePath.additions), ("subtractions", spikePath.subtractions), ("shifts", spikePath.shifts),
            ("comparisons", spikePath.comparisons), ("multiplications", spikePath.multiplications),
        ]
        return TextTable(
            [.init("operation"), .init("on spike paths", .right), .init("in the input layer", .right)],
            rows: counts.map { name, count in
                [name, NumberText.grouped(count), name == "multiplications" ? NumberText.grouped(inputLayer.multiplications) : "-"]
            })
    }

    private var multipliedTable: TextTable {
        TextTable(
            [.init("cause"), .init("multiplications", .right), .init("spike path"), .init("in fixed point")],
            rows: multiplied.map {
                [$0.cause, NumberText.grouped($0.multiplications), $0.onSpikePath ? "yes" : "no", $0.instead]
            })
    }

    private var layerTable: TextTable {
        let titles = [
            "additions", "of spikes", "synops", "subtractions", "shifts", "comparisons", "multiplications",
        ]
        return TextTable(
            [.init("layer"), .init("part")] + titles.map { .init($0, .right) },
            rows: layers.map { layer in
                let counts = [
                    layer.operations.additions, layer.synapticAdditions, layer.synapticOperations, layer.operations.subtractions,
                    layer.operations.shifts, layer.operations.comparisons, layer.operations.multiplications,
                ]
                return [layer.name, layer.part] + counts.map(NumberText.grouped)
            })
    }

    private var tables: [(name: String, energy: Energy)] { energy.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

    private var energyTable: TextTable {
        TextTable(
            [
                .init("costs"), .init("nJ per image", .right), .init("with neurons", .right), .init("all images, in pJ"),
            ],
            rows: tables.map { name, energy in
                [
                    name, NumberText.fixed(energy.perImage / 1e3, 3),
                    NumberText.fixed(energy.withNeurons / Double(max(images, 1)) / 1e3, 3),
                    energy.formula.split(separator: " = ").last.map(String.init) ?? "",
                ]
            })
    }

    private var layerEnergyTable: TextTable {
        let tables = tables
        return TextTable(
            [.init("layer")] + tables.map { .init($0.name, .right) },
            rows: layers.filter { layer in tables.contains { $0.energy.layers[layer.name] != nil } }.map { layer in
                [layer.name] + tables.map { NumberText.fixed(($0.energy.layers[layer.name] ?? 0) / 1e3, 3) }
            })
    }
}
