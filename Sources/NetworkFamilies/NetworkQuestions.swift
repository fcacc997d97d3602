import Diagnostics
import Networks

/// Settles what tensors do not tell, each from the checkpoint's arguments, else from the user, else as assumed; what remains open is
/// collected, so that a user hears of all of it at once.
package struct NetworkQuestions {
    /// Where answers come from.
    struct Sources {
        /// What the user says.
        var options: NetworkOptions?
        /// What the file says in the same words.
        var own: NetworkOptions?
        var arguments: SavedArguments
        /// As `--size` says.
        var imageSize: Int?
    }

    private let family: String
    private let options: NetworkOptions?
    private let own: NetworkOptions?
    private let arguments: SavedArguments
    private let givenSize: Int?
    private(set) var settings: [NetworkSetting] = []
    private var open: [NetworkOptions.Key] = []
    private var used: Set<NetworkOptions.Key> = []

    init(family: String, _ sources: Sources) {
        self.family = family
        options = sources.options
        own = sources.own
        arguments = sources.arguments
        givenSize = sources.imageSize
    }

    /// How branches join. - Parameter assumed: nil where nothing may be.
    mutating func connection(assumed: Connection?) throws(Failure) -> Connection {
        let told = own?.connect ?? arguments.text("cnf", "connect_f").flatMap { Connection(rawValue: $0.lowercased()) }
        return try choose(.connect, told: told, given: options?.connect, assumed: assumed, else: .add) { $0.rawValue }
    }

    /// The neurons' equation.
    ///
    /// - Parameters:
    ///   - assumed: nil where the kind of neuron has to be told or given; its other properties then are those that SpikingJelly takes.
    ///   - shapes: of the checkpoint; a learned time constant tells the kind.
    mutating func neuron(assumed: NeuronChoice?, _ shapes: TensorShapes) throws(Failure) -> NeuronChoice {
        let saved = SavedNeuron(arguments)
        let defaults = assumed ?? NeuronChoice()
        var choice = defaults
        let isLearned = shapes.names.contains { $0.hasSuffix(".w") && (shapes.shape(of: $0) ?? [0]).allSatisfy { $0 == 1 } }
        choice.kind = try choose(
            .neuron, told: isLearned ? .plif : own?.neuron ?? saved.kind, given: options?.neuron, assumed: assumed?.kind,
            else: defaults.kind
        ) { $0.rawValue }
        if choice.kind == .lif {
            choice.tau = try choose(.tau, told: own?.tau ?? saved.tau, given: options?.tau, assumed: defaults.tau, else: 2) {
                NetworkOptions.text($0)
            }
        }
        if choice.kind != .if {
            choice.decaysInput = try choose(
                .decayInput, told: own?.decaysInput ?? saved.decaysInput, given: options?.decaysInput, assumed: defaults.decaysInput,
                else: true
            ) { $0 ? "yes" : "no" }
        }
        choice.threshold = try choose(
            .threshold, told: own?.threshold ?? saved.threshold, given: options?.threshold, assumed: defaults.threshold, else: 1
        ) { NetworkOptions.text($0) }
        choice.isSoftReset = try choose(
            .reset, told: own?.isSoftReset ?? saved.isSoftReset, given: options?.isSoftReset, assumed: defaults.isSoftReset, else: false
        ) { $0 ? "soft" : "hard" }
        return choice
    }

    mutating func heads(told: Int?, assumed: Int) throws(Failure) -> Int {
        let saved = told ?? own?.heads ?? arguments.integer("num_heads", "heads", "n_heads")
        return try choose(.heads, told: saved, given: options?.heads, assumed: assumed, else: assumed) { String($0) }
    }

    /// In which of four steps pooling halves the grid.
    mutating func pooling(assumed: String) throws(Failure) -> [Bool] {
        let saved =
            arguments.text("pooling_stat")
            ?? arguments.integer("pooling_stat").map { String(10_000 + $0 % 10_000).suffix(4) }.map(String.init)
        let told = own?.pooling ?? saved.flatMap { $0.count == 4 && $0.allSatisfy { "01".contains($0) } ? $0 : nil }
        return try choose(.pooling, told: told, given: options?.pooling, assumed: assumed, else: assumed) { $0 }.map { $0 == "1" }
    }

    /// Whether pooling stands behind the last convolution, which no number of a layer behind it tells.
    mutating func lastPool() throws(Failure) -> Bool {
        try choose(.lastPool, told: own?.hasLastPool, given: options?.hasLastPool, assumed: true, else: true) { $0 ? "yes" : "no" }
    }

    /// Side of the input in pixels. What the file says of it (`image_size`) is what it was trained for, and may be given otherwise.
    ///
    /// - Parameter told: by the tensors, where they do.
    mutating func imageSize(told: Int? = nil, assumed: Int = 224) throws(Failure) -> Int {
        if let told, let givenSize, told != givenSize {
            throw NetworkOptions.invalid(
                "--size is \(givenSize), and the tensors belong to images of \(told) pixels", "Leave --size out.")
        }
        if let givenSize, !(1...NetworkLimit.inputSize).contains(givenSize) {
            throw NetworkOptions.invalid(
                "--size is \(givenSize), and 1 to \(NetworkLimit.inputSize) pixels are supported", "Give the size of the network's input.")
        }
        if let told { return told }
        let saved = arguments.integer("image_size").flatMap { (1...NetworkLimit.inputSize).contains($0) ? $0 : nil }
        let size = givenSize ?? saved ?? assumed
        note("size", String(size), givenSize != nil ? .given : saved != nil ? .told : .assumed)
        return size
    }

    /// - Throws: `network.invalid-options` where a question is open, or the user answered one that the network does not ask.
    func settle() throws(Failure) {
        guard open.isEmpty else {
            let words = open.map { "\($0.rawValue)=\($0.choices)" }
            throw Failure(
                .invalidNetworkOptions,
                "The tensors of this \(family) do not tell \(open.map(\.rawValue).joined(separator: " and ")), and no saved argument does.",
                remedy: "Say it: --network \(family),\(words.joined(separator: ",")).")
        }
        if let surplus = options?.values.keys.filter({ !used.contains($0) }).map(\.rawValue).sorted(), !surplus.isEmpty {
            throw NetworkOptions.invalid(
                "this \(family) has no \(surplus.joined(separator: ", "))",
                "Leave it out" + (used.isEmpty ? "." : "; it has \(used.map(\.rawValue).sorted().joined(separator: ", "))."))
        }
    }

    private mutating func choose<Value: Equatable>(
        _ key: NetworkOptions.Key, told: Value?, given: Value?, assumed: Value?, else placeholder: Value, text: (Value) -> String
    ) throws(Failure) -> Value {
        used.insert(key)
        if let told, let given, told != given {
            throw NetworkOptions.invalid(
                "\(key.rawValue) is \(text(told)) by the checkpoint, and --network says \(text(given))", "Leave \(key.rawValue) out.")
        }
        if let told {
            note(key.rawValue, text(told), .told)
        } else if let given {
            note(key.rawValue, text(given), .given)
        } else if let assumed {
            note(key.rawValue, text(assumed), .assumed)
        } else {
            open.append(key)
        }
        return told ?? given ?? assumed ?? placeholder
    }

    private mutating func note(_ key: String, _ value: String, _ origin: NetworkSetting.Origin) {
        settings.append(NetworkSetting(key: key, value: value, origin: origin))
    }
}
