internal import Evaluation
internal import Reports

extension RunPage {
    /// Firing rates and synaptic operations by layer and time step.
    var activity: Markup? {
        guard !content.groups.isEmpty else { return nil }
        return firing + operations
    }

    private var firing: Markup {
        let most = content.groups.flatMap(\.firingRateByTimeStep).max() ?? 0
        let maps = LayerMaps(
            layers: content.groups.map { ($0.name, $0.firingRateByTimeStep) }, most: most,
            scale: ("spikes per neuron and time step", "0", NumberText.significant(most)), what: "Firing rate",
            text: { NumberText.fixed($0, 4) })
        let silent = named("silent", content.groups.filter { $0.state == .silent }, "below 0.001")
        let saturated = named("saturated", content.groups.filter { $0.state == .saturated }, "above 0.9")
        let steps = content.groups.map(\.firingRateByTimeStep.count).max() ?? 0
        let numbers = TextTable(
            [.init("LIF group"), .init("neurons", .right)] + stepColumns(steps) + [.init("all", .right), .init("state")],
            rows: content.groups.map { group in
                [group.name, NumberText.grouped(group.neurons)]
                    + stepCells(group.firingRateByTimeStep, steps) { NumberText.fixed($0, 4) }
                    + [NumberText.fixed(group.firingRate, 4), group.state == .active ? "" : group.state.rawValue]
            })
        return Figure.markup(
            "Firing rate by layer and time step",
            "Spikes per neuron of each LIF group; within a block one column a time step; \(silent); \(saturated).", maps.markup,
            numbers: numbers)
    }

    private var operations: Markup {
        guard content.synapses.contains(where: { $0.operationsPerImage > 0 }) else { return Markup() }
        let most = content.synapses.flatMap(\.operationsByTimeStep).max() ?? 0
        let maps = LayerMaps(
            layers: content.synapses.map { ($0.name, $0.operationsByTimeStep) }, most: most,
            scale: ("synaptic operations per image and time step", "0", NumberText.grouped(Int(most.rounded()))),
            what: "Synaptic operations", text: { NumberText.grouped(Int($0.rounded())) })
        let steps = content.synapses.map(\.operationsByTimeStep.count).max() ?? 0
        let total = content.synapses.reduce(0) { $0 + $1.operationsPerImage }
        let numbers = TextTable(
            [.init("layer")] + stepColumns(steps) + [.init("all", .right), .init("share", .right)],
            rows: content.synapses.map { layer in
                [layer.name] + stepCells(layer.operationsByTimeStep, steps) { NumberText.grouped(Int($0.rounded())) }
                    + [
                        NumberText.grouped(Int(layer.operationsPerImage.rounded())),
                        NumberText.percent(layer.operationsPerImage / total, digits: 1),
                    ]
            })
        return Figure.markup(
            "Synaptic operations by layer and time step", "Weights added because a spike arrived (true fan-out), per image.",
            maps.markup, numbers: numbers)
    }

    /// Tables show so many time steps, of a run that has more every second, third and so on.
    private static let tableSteps = 16

    private func shownSteps(_ steps: Int) -> [Int] {
        let stride = max(1, (steps + Self.tableSteps - 1) / Self.tableSteps)
        return (0..<steps).filter { ($0 + 1) % stride == 0 || $0 == 0 }
    }

    private func stepColumns(_ steps: Int) -> [TextTable.Column] { shownSteps(steps).map { .init("t\($0 + 1)", .right) } }

    private func stepCells(_ values: [Double], _ steps: Int, _ text: (Double) -> String) -> [String] {
        shownSteps(steps).map { values.indices.contains($0) ? text(values[$0]) : "-" }
    }

    private func named(_ state: String, _ groups: [LayerFiring], _ meaning: String) -> String {
        guard !groups.isEmpty else { return "no group is \(state) (\(meaning))" }
        let names = groups.prefix(6).map(\.name).joined(separator: ", ")
        return "\(groups.count) \(state) (\(meaning)): \(names)\(groups.count > 6 ? " and others" : "")"
    }
}
