internal import Checkpoints
internal import Networks
internal import Reports

extension CheckpointDescription {
    /// What `model show` lists, property and value.
    var rows: [[String]] {
        var rows = [["family", family ?? "none: a network of its own"], ["published as", name ?? "-"]]
        rows += sizes.map { [$0.name, $0.value] }
        rows += neurons.map { ["neuron", $0] }
        rows += [
            ["neuron groups", "\(neuronGroups)"], ["synaptic layers", "\(synapticLayers)"],
            ["multiplying layers", multiplyingLayers.isEmpty ? "none on a spike path" : multiplyingLayers.joined(separator: ", ")],
            ["image", "\(image)"], ["classes", "\(classes)"], ["parameters", NumberText.grouped(parameters)],
        ]
        rows += settings.map { ["\($0.key) (\($0.origin.rawValue))", $0.value] }
        rows += published.map { ["published top-1", $0.text] }
        if let preprocessing { rows.append(["published preprocessing", preprocessing.text]) }
        if let recipe { rows.append(["preprocessing of a run", recipe]) }
        if let defaultTimeSteps { rows.append(["time steps of a run", "\(defaultTimeSteps)"]) }
        if let probe { rows.append(["its own code's answers", probe.text]) }
        rows += [["saved time steps", timesteps.map { "\($0)" } ?? "-"], ["format", format.rawValue], ["sha256", sha256]]
        return rows + (notices ?? []).map { ["notice", $0] }
    }
}
