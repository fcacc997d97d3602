internal import Diagnostics
package import Evaluation

/// Firing rates and synaptic operations by layer and time step. Its JSON form is documented in `docs/answers.md`.
package struct ActivityReport: Sendable, Encodable {
    package var run: RunID
    package var groups: [LayerFiring]
    package var synapses: [LayerOperations]

    package init(run: RunID, groups: [LayerFiring], synapses: [LayerOperations]) {
        self.run = run
        self.groups = groups
        self.synapses = synapses
    }

    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(run): activity by layer and time step")
        let silent = groups.filter { $0.state == .silent }
        let saturated = groups.filter { $0.state == .saturated }
        document.say(named("silent", silent, "below 0.001 spikes per neuron and time step"))
        document.say(named("saturated", saturated, "above 0.9"))
        let steps = groups.map(\.firingRateByTimeStep.count).max() ?? 0
        document.show(
            "Spikes per neuron",
            TextTable(
                [.init("LIF group"), .init("neurons", .right)] + (1...max(steps, 1)).map { .init("t\($0)", .right) } + [
                    .init("all", .right), .init("state"),
                ],
                rows: groups.map { group in
                    let rates = group.firingRateByTimeStep.map { NumberText.fixed($0, 4) }
                    return [group.name, "\(group.neurons)"] + rates + Array(repeating: "-", count: steps - rates.count) + [
                        NumberText.fixed(group.firingRate, 4), group.state == .active ? "" : group.state.rawValue,
                    ]
                }))
        let wide = synapses.map(\.operationsByTimeStep.count).max() ?? 0
        let total = synapses.reduce(0) { $0 + $1.operationsPerImage }
        document.show(
            "Synaptic operations per image (true fan-out)",
            TextTable(
                [.init("layer")] + (1...max(wide, 1)).map { .init("t\($0)", .right) } + [.init("all", .right), .init("share", .right)],
                rows: synapses.map { layer in
                    let counts = layer.operationsByTimeStep.map { NumberText.grouped(Int($0.rounded())) }
                    return [layer.name] + counts + Array(repeating: "-", count: wide - counts.count) + [
                        NumberText.grouped(Int(layer.operationsPerImage.rounded())),
                        NumberText.percent(total > 0 ? layer.operationsPerImage / total : 0, digits: 1),
                    ]
                }))
        return try document.rendered(as: format, json: self)
    }

    private func named(_ state: String, _ groups: [LayerFiring], _ meaning: String) -> String {
        guard !groups.isEmpty else { return "no \(state) group (\(meaning))" }
        return "\(groups.count.counted("\(state) group")) (\(meaning)): \(groups.map(\.name).joined(separator: ", "))"
    }
}
