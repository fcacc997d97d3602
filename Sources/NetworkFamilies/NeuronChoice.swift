import Networks

/// The kinds of neurons by the names that `--network` has for them.
package enum NeuronKind: String, Sendable, Hashable, CaseIterable {
    case lif
    /// Integrate and fire.
    case `if`
    /// LIF with a learned time constant.
    case plif
}

/// One equation for all neurons of a network.
struct NeuronChoice: Sendable, Hashable {
    var kind = NeuronKind.lif
    var tau = 2.0
    var threshold = 1.0
    var isSoftReset = false
    var decaysInput = true
    var isStrict = false

    /// As `--network` takes it.
    var settings: [NetworkSetting] {
        var pairs: [(NetworkOptions.Key, String)] = [(.neuron, kind.rawValue)]
        if kind == .lif { pairs.append((.tau, NetworkOptions.text(tau))) }
        if kind != .if { pairs.append((.decayInput, decaysInput ? "yes" : "no")) }
        pairs += [(.threshold, NetworkOptions.text(threshold)), (.reset, isSoftReset ? "soft" : "hard")]
        return pairs.map { NetworkSetting($0, $1) }
    }

    /// The neuron at a module path; a learned time constant is `<path>.w`.
    func neuron(_ path: String, threshold: Double? = nil, layout: SpikeLayout = .channels) -> Neuron {
        let leak: Neuron.Leak =
            switch kind {
            case .if: .none
            case .lif: .tau(tau)
            case .plif: .learned("\(path).w")
            }
        return Neuron(
            leak: leak, decaysInput: decaysInput, threshold: threshold ?? self.threshold, isStrict: isStrict,
            reset: isSoftReset ? .soft : .hard(0), layout: layout)
    }
}

/// What the saved arguments say about a network's neurons: a class name such as `IFNode`, or words such as `LIF tau=2 v_reset=None`.
struct SavedNeuron {
    private(set) var kind: NeuronKind?
    private(set) var tau: Double?
    private(set) var threshold: Double?
    private(set) var isSoftReset: Bool?
    private(set) var decaysInput: Bool?

    init(_ arguments: SavedArguments) {
        tau = arguments.number("tau").flatMap { $0 >= 1 ? $0 : nil }
        threshold = arguments.number("v_threshold").flatMap { $0 > 0 ? $0 : nil }
        decaysInput = arguments.bool("decay_input")
        let words = (arguments.text("neuron", "spiking_neuron", "neuron_type", "spike_mode") ?? "").split { " ,()".contains($0) }
        kind = words.first.flatMap(Self.kind)
        for word in words.dropFirst() {
            let sides = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2 else { continue }
            switch sides[0] {
            case "tau": tau = NetworkOptions.number(sides[1])
            case "v_threshold": threshold = NetworkOptions.number(sides[1])
            case "v_reset": isSoftReset = sides[1] == "None"
            case "decay_input": decaysInput = ["True": true, "False": false][sides[1]]
            default: break
            }
        }
    }

    private static func kind(_ word: Substring) -> NeuronKind? {
        var name = word.split(separator: ".").last.map { $0.lowercased() } ?? ""
        if name.hasPrefix("multistep") { name.removeFirst("multistep".count) }
        if name.hasSuffix("node") { name.removeLast("node".count) }
        return name == "parametriclif" ? .plif : NeuronKind(rawValue: name)
    }
}
