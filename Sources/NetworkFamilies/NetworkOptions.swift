package import Diagnostics
package import Networks

extension Failure.Code {
    /// What `--network` says cannot be read, or does not belong to the network.
    package static let invalidNetworkOptions = Failure.Code("network.invalid-options")
}

/// How the branches of a residual block join.
package enum Connection: String, Sendable, Hashable, CaseIterable {
    case add, and, iand
}

extension NetworkSetting {
    /// What nobody has to be asked.
    init(_ key: NetworkOptions.Key, _ value: String) { self.init(key: key.rawValue, value: value, origin: .told) }
}

extension Network {
    /// All that its tensors do not tell, as `--network` takes it; nil for a network of nobody's family.
    package var options: NetworkOptions? { facts.family.map { NetworkOptions(family: $0, facts.settings) } }
}

/// What a user says about a network, `NAME[,key=value…]`.
package struct NetworkOptions: Sendable, Hashable {
    package enum Key: String, Sendable, Hashable, CaseIterable {
        case connect, neuron, tau, threshold, reset, decayInput = "decay-input", heads, pooling, lastPool = "last-pool"

        /// The values that it takes, in words.
        var choices: String {
            switch self {
            case .connect: "add|and|iand"
            case .neuron: "lif|if|plif"
            case .tau: "NUMBER (2, 4/3)"
            case .threshold: "NUMBER"
            case .reset: "hard|soft"
            case .decayInput, .lastPool: "yes|no"
            case .heads: "COUNT"
            case .pooling: "four of 0 and 1"
            }
        }
    }

    /// The family's name.
    package var family: String
    package private(set) var values: [Key: String] = [:]

    package init(family: String) { self.family = family }

    /// What settings say, as far as there are keys for them.
    init(family: String, _ settings: [NetworkSetting]) {
        self.family = family
        for setting in settings {
            if let key = Key(rawValue: setting.key) { values[key] = setting.value }
        }
    }

    func has(_ key: String) -> Bool { Key(rawValue: key).map { values[$0] != nil } ?? false }

    /// - Throws: `network.invalid-options`, with the choices.
    package init(parsing text: String) throws(Failure) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        family = parts[0].lowercased()
        guard NetworkFamilies.names.contains(family) else {
            throw Self.invalid(
                "there is no family '\(family.prefix(40))'", "The families are \(NetworkFamilies.names.joined(separator: ", ")).")
        }
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, let key = Key(rawValue: sides[0].lowercased()) else {
                throw Self.invalid(
                    "'\(part.prefix(40))' is not one of its keys",
                    "Give key=value with one of \(Key.allCases.map { "\($0.rawValue)=\($0.choices)" }.joined(separator: ", ")).")
            }
            guard values[key] == nil else { throw Self.invalid("\(key.rawValue) stands there twice", "Give it once.") }
            values[key] = sides[1].lowercased()
            guard isReadable(key) else {
                throw Self.invalid("\(key.rawValue) cannot be '\(sides[1].prefix(40))'", "Give \(key.rawValue)=\(key.choices).")
            }
        }
    }

    /// As ``init(parsing:)`` reads it.
    package var text: String {
        ([family] + Key.allCases.compactMap { key in values[key].map { "\(key.rawValue)=\($0)" } }).joined(separator: ",")
    }

    var connect: Connection? { values[.connect].flatMap(Connection.init) }
    var neuron: NeuronKind? { values[.neuron].flatMap(NeuronKind.init) }
    var tau: Double? { values[.tau].flatMap(Self.number) }
    var threshold: Double? { values[.threshold].flatMap(Self.number) }
    var isSoftReset: Bool? { values[.reset].flatMap { ["hard": false, "soft": true][$0] } }
    var decaysInput: Bool? { values[.decayInput].flatMap { ["yes": true, "no": false][$0] } }
    var hasLastPool: Bool? { values[.lastPool].flatMap { ["yes": true, "no": false][$0] } }
    var heads: Int? { values[.heads].flatMap { Int($0) }.flatMap { (1...1024).contains($0) ? $0 : nil } }
    var pooling: String? { values[.pooling].flatMap { $0.count == 4 && $0.allSatisfy { "01".contains($0) } ? $0 : nil } }

    /// A decimal number or a fraction, above 0.
    static func number(_ text: String) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
        guard let first = parts[0], parts.count <= 2, parts.count == 1 || parts[1] != nil else { return nil }
        let value = parts.count == 2 ? first / (parts[1] ?? 1) : first
        return value.isFinite && value > 0 ? value : nil
    }

    /// Shortly, with thirds as fractions.
    static func text(_ value: Double) -> String {
        let thirds = value * 3
        if value != value.rounded(), abs(thirds - thirds.rounded()) < 1e-9, thirds < 1e6 { return "\(Int(thirds.rounded()))/3" }
        return value == value.rounded() && value < 1e6 ? String(Int(value)) : String(value)
    }

    private func isReadable(_ key: Key) -> Bool {
        switch key {
        case .connect: connect != nil
        case .neuron: neuron != nil
        case .tau: tau.map { $0 >= 1 } ?? false
        case .threshold: threshold != nil
        case .reset: isSoftReset != nil
        case .decayInput: decaysInput != nil
        case .heads: heads != nil
        case .pooling: pooling != nil
        case .lastPool: hasLastPool != nil
        }
    }

    static func invalid(_ reason: String, _ remedy: String) -> Failure {
        Failure(.invalidNetworkOptions, "--network: \(reason).", remedy: remedy)
    }
}
