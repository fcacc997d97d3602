/// What multiplication-free means for a network: the operations of its inference, counted. Its JSON form is stable and documented in
/// `docs/audit.md`. All counts are sums over the images and time steps.
package struct Certificate: Sendable, Hashable {
    package enum Grade: String, Sendable, Hashable, Codable {
        /// Nothing is multiplied after the first convolution, and the engine gives what was counted.
        case strict
        /// Something is multiplied after the first convolution.
        case multiplying
        /// The engine gave something else than the computation that was counted.
        case unproven
    }

    package struct Operations: Sendable, Hashable, Codable {
        package var additions: Int
        package var subtractions: Int
        package var shifts: Int
        package var comparisons: Int
        package var multiplications: Int

        package init(additions: Int = 0, subtractions: Int = 0, shifts: Int = 0, comparisons: Int = 0, multiplications: Int = 0) {
            self.additions = additions
            self.subtractions = subtractions
            self.shifts = shifts
            self.comparisons = comparisons
            self.multiplications = multiplications
        }

        package static func + (a: Operations, b: Operations) -> Operations {
            Operations(
                additions: a.additions + b.additions, subtractions: a.subtractions + b.subtractions, shifts: a.shifts + b.shifts,
                comparisons: a.comparisons + b.comparisons, multiplications: a.multiplications + b.multiplications)
        }
    }

    /// The first convolution, which reads pixels.
    package struct InputLayer: Sendable, Hashable, Codable {
        package var multiplications: Int

        package init(multiplications: Int) { self.multiplications = multiplications }
    }

    /// A synaptic layer with the neurons that its kernel steps, or another part of the network.
    package struct Layer: Sendable, Hashable {
        /// The module path in PyTorch, or the part's name.
        package var name: String
        /// `input`, `mixing`, `embedding`, `linear`, `neurons`, `listing` or `head`.
        package var part: String
        package var operations: Operations
        /// Additions of a weight because a spike arrived.
        package var synapticAdditions: Int
        /// The engine's own count: spikes times their fan-out.
        package var synapticOperations: Int

        package init(name: String, part: String, operations: Operations, synapticAdditions: Int = 0, synapticOperations: Int = 0) {
            self.name = name
            self.part = part
            self.operations = operations
            self.synapticAdditions = synapticAdditions
            self.synapticOperations = synapticOperations
        }

        package var isInput: Bool { part == "input" }
    }

    /// A reason for multiplications, and what folding does with it.
    package struct Multiplied: Sendable, Hashable, Codable {
        package var cause: String
        package var multiplications: Int
        /// Whether they are on a spike path.
        package var onSpikePath: Bool
        /// What a fixed-point engine does instead.
        package var instead: String

        enum CodingKeys: String, CodingKey {
            case cause
            case multiplications
            case onSpikePath = "on_spike_path"
            case instead
        }

        package init(cause: String, multiplications: Int, onSpikePath: Bool, instead: String) {
            self.cause = cause
            self.multiplications = multiplications
            self.onSpikePath = onSpikePath
            self.instead = instead
        }
    }

    /// What 1 is in whole numbers, and where an outlier costs bits.
    package struct Units: Sendable, Hashable, Codable {
        package var spread: String
        package var warnings: [String]

        package init(spread: String, warnings: [String]) {
            self.spread = spread
            self.warnings = warnings
        }
    }

    /// Hexadecimal hash of the checkpoint file.
    package var modelSHA256: String
    package var engine: String
    /// The kernels that were compared; `float` for the reference engine.
    package var kernels: String
    /// The version of evalctl.
    package var version: String
    package var timeSteps: Int
    package var images: Int
    /// `generated`, or `files`.
    package var imageSource: String
    package var grade: Grade
    package var spikePath: Operations
    package var inputLayer: InputLayer
    /// Whether spikes and logits of the counted computation are the engine's, bit for bit; nil where the counts are derived instead.
    package var equalToEngine: Bool?
    /// The first thing that was not equal.
    package var difference: String?
    package var layers: [Layer]
    package var multiplied: [Multiplied]
    /// Nil for an engine that has no units.
    package var units: Units?
    /// By name of the table of costs.
    package var energy: [String: Energy]

    /// - Parameter equality: nil where the counts are derived; else whether all was equal, and what was not.
    package init(
        modelSHA256: String, engine: String, kernels: String, version: String, timeSteps: Int, images: Int, imageSource: String,
        equality: (isEqual: Bool, difference: String?)?, layers: [Layer], multiplied: [Multiplied], costs: [EnergyCosts],
        units: Units? = nil
    ) {
        self.modelSHA256 = modelSHA256
        self.engine = engine
        self.kernels = kernels
        self.version = version
        self.timeSteps = timeSteps
        self.images = images
        self.imageSource = imageSource
        self.layers = layers
        self.multiplied = multiplied
        self.units = units
        equalToEngine = equality?.isEqual
        difference = equality?.difference
        spikePath = layers.reduce(Operations()) { $1.isInput ? $0 : $0 + $1.operations }
        inputLayer = InputLayer(multiplications: layers.reduce(0) { $1.isInput ? $0 + $1.operations.multiplications : $0 })
        grade = equality?.isEqual == false ? .unproven : spikePath.multiplications == 0 && equality != nil ? .strict : .multiplying
        energy = Dictionary(costs.map { ($0.name, Energy($0, layers: layers, images: images)) }) { $1 }
    }
}
