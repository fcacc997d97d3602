internal import Diagnostics

/// Entries of a state dict that tools and neurons leave there and that no inference needs.
enum SurplusEntries {
    /// Those of `names` that may be left out where nothing of the network is missing: what is no tensor of floating-point numbers, and what
    /// is known to be no parameter. Any other name says no: what a network has beside the parameters that are known changes what it computes.
    static func leftOver(among names: some Collection<String>, of state: StateDictionary) -> [String] {
        names.filter { isKnown($0) || isOfTraining($0) || state.tensors[$0]?.elementType.isFloatingPoint != true }.sorted()
    }

    /// Last parts of the names of buffers: FLOP counters (thop, ptflops, fvcore), averaging (torch.optim.swa_utils), membrane potentials,
    /// spikes and settings that neurons register as buffers (SpikingJelly, snnTorch, Norse).
    private static let names: Set<Substring> = [
        "total_ops", "total_params", "__flops__", "__params__", "__macs__", "flops", "macs", "n_averaged", "num_batches_tracked",
        "v", "mem", "membrane", "membrane_potential", "potential", "mem_pot", "v_mem", "u", "syn", "spk", "spike", "spikes", "v_seq",
        "spike_seq",
        "graded_spikes_factor", "reset_mechanism_val", "_extra_state",
    ]

    /// Whether an entry belongs to what trains or judges a network beside it, as Lightning's modules keep their losses and metrics.
    static func isOfTraining(_ name: String) -> Bool {
        guard let first = name.split(separator: ".").first?.lowercased() else { return false }
        return first.contains("loss") || first.contains("criterion") || first.contains("metric") || first.contains("accuracy")
            || first.hasSuffix("_acc")
    }

    private static func isKnown(_ name: String) -> Bool {
        guard let last = name.split(separator: ".", omittingEmptySubsequences: false).last else { return false }
        return names.contains(last)
    }

    /// A sentence about what was left out; nil where that is nothing worth telling.
    static func notice(_ leftOver: [String]) -> String? {
        guard !leftOver.isEmpty else { return nil }
        return
            "\(leftOver.count.counted("entry")) of the state dict that no inference needs \(leftOver.count.agreeing("was", "were")) left out: \(ListText.quoted(leftOver))"
    }
}
