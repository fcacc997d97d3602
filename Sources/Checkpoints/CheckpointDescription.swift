import NetworkFamilies
package import Networks

/// What `evalctl model show` tells of a checkpoint, and what is kept with a stored model. As JSON every key is always there, with `null`
/// where nothing is known; a family's own sizes are there under their names as well.
package struct CheckpointDescription: Sendable, Hashable, Codable {
    /// The name of exactly this network, where it is a published one.
    package var name: String?
    /// Nil for a network of nobody's family.
    package var family: String?
    /// Widths, depths and the like, as its family names them.
    package var sizes: [NetworkSize]
    /// Every neuron equation that occurs, in words.
    package var neurons: [String]
    package var neuronGroups: Int
    package var synapticLayers: Int
    /// Names of layers that multiply on a spike path.
    package var multiplyingLayers: [String]
    /// Multiply-accumulates of the layers that read pixels, once an image; nil of models that were stored before this was kept.
    package var inputOperations: Int?
    /// Neuron groups in the order in which spikes pass through them.
    package var dataFlow: [GroupPlace]
    /// Pixels.
    package var image: Int
    package var classes: Int
    /// Trainable parameters.
    package var parameters: Int
    /// What tensors do not tell, and where it comes from.
    package var settings: [NetworkSetting]
    /// What was said with `--network`; of a description all of it.
    package var network: String?
    package var published: [PublishedAccuracy]
    package var preprocessing: PublishedPreprocessing?
    /// The most time steps that the network can run; nil of models that were stored before this was kept.
    package var longestRun: Int?
    /// The recipe of a run where nobody asks for another, as runs record it.
    package var recipe: String?
    /// T of the saved training arguments.
    package var timesteps: Int?
    /// T of a run where nobody says it.
    package var defaultTimeSteps: Int?
    package var epoch: Int?
    package var format: FileFormat
    /// Size of the file.
    package var bytes: Int
    package var sha256: String
    /// Whether the network gives what its own code gave; nil where the file does not carry that.
    package var probe: ProbeVerdict?
    /// How the file was read: what was left out, which weights were chosen. Models that were stored before this was kept have none.
    package var notices: [String]?

    /// A neuron group: its number among the model's layers, and its name.
    package struct GroupPlace: Sendable, Hashable, Codable {
        package var layer: Int
        package var name: String

        static func all(of network: Network) -> [GroupPlace] {
            network.activity.groupsInDataFlow.map { GroupPlace(layer: $0, name: network.activity.groups[$0].name) }
        }
    }

    package init(_ checkpoint: Checkpoint) {
        self.init(checkpoint.network, format: checkpoint.format, bytes: checkpoint.fileBytes, sha256: checkpoint.sha256)
        timesteps = checkpoint.savedTimeSteps
        defaultTimeSteps = checkpoint.timeSteps
        epoch = checkpoint.epoch
        notices = checkpoint.notices
        network = checkpoint.choice
    }

    /// A description of a network whose weights are in a file of `bytes` bytes; nothing is known of its training.
    package init(_ network: Network, format: FileFormat, bytes: Int, sha256: String) {
        name = network.facts.publishedName
        family = network.facts.family
        sizes = network.facts.sizes
        neurons = network.neuronEquations
        neuronGroups = network.activity.groups.count
        synapticLayers = network.activity.layers.count
        multiplyingLayers = network.activity.multiplying.filter { !$0.isInput }.map(\.name)
        inputOperations = network.activity.inputOperations
        dataFlow = GroupPlace.all(of: network)
        image = network.inputSize
        classes = network.classes
        longestRun = network.longestRun
        parameters = network.graph.parameterCount
        settings = network.facts.settings
        published = network.facts.published
        preprocessing = network.facts.preprocessing
        self.format = format
        self.bytes = bytes
        self.sha256 = sha256
    }

    /// The size that was given with `--size`, in pixels.
    package var givenSize: Int? { settings.first { $0.key == "size" && $0.origin == .given }.flatMap { Int($0.value) } }

    /// Tells two readings of one file apart: what was said of it, a description by its hash.
    package var reading: String {
        let said = network.map { $0.hasPrefix("{") ? "description \(Checkpoint.hash($0))" : $0 }
        return [said, givenSize.map { "size=\($0)" }].compactMap(\.self).joined(separator: ",")
    }

    private enum CodingKeys: String, CodingKey {
        case name, family, sizes, neurons
        case neuronGroups = "neuron_groups"
        case synapticLayers = "synaptic_layers"
        case multiplyingLayers = "multiplying_layers"
        case inputOperations = "input_macs"
        case dataFlow = "data_flow"
        case longestRun = "longest_run"
        case defaultTimeSteps = "default_timesteps"
        case image, classes, parameters, settings, network, published, preprocessing, recipe, timesteps, epoch, format, bytes, sha256
        case probe, notices
    }
}

/// A size under its own name.
private struct SizeKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension CheckpointDescription {
    /// Models that were stored when spiking MLPs were the only networks have fewer keys.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func list<Value: Decodable>(_ key: CodingKeys, _ type: Value.Type) throws -> [Value] {
            try container.decodeIfPresent([Value].self, forKey: key) ?? []
        }
        name = try container.decodeIfPresent(String.self, forKey: .name)
        family = try container.decodeIfPresent(String.self, forKey: .family)
        sizes = try list(.sizes, NetworkSize.self)
        neurons = try list(.neurons, String.self)
        neuronGroups = try container.decodeIfPresent(Int.self, forKey: .neuronGroups) ?? 0
        synapticLayers = try container.decodeIfPresent(Int.self, forKey: .synapticLayers) ?? 0
        multiplyingLayers = try list(.multiplyingLayers, String.self)
        inputOperations = try container.decodeIfPresent(Int.self, forKey: .inputOperations)
        dataFlow =
            try container.decodeIfPresent([GroupPlace].self, forKey: .dataFlow)
            ?? GroupPlace.all(of: RecordedArchitecture(from: decoder).network())
        image = try container.decode(Int.self, forKey: .image)
        classes = try container.decode(Int.self, forKey: .classes)
        parameters = try container.decode(Int.self, forKey: .parameters)
        settings = try list(.settings, NetworkSetting.self)
        network = try container.decodeIfPresent(String.self, forKey: .network)
        published = try list(.published, PublishedAccuracy.self)
        preprocessing = try container.decodeIfPresent(PublishedPreprocessing.self, forKey: .preprocessing)
        longestRun = try container.decodeIfPresent(Int.self, forKey: .longestRun)
        recipe = try container.decodeIfPresent(String.self, forKey: .recipe)
        timesteps = try container.decodeIfPresent(Int.self, forKey: .timesteps)
        defaultTimeSteps = try container.decodeIfPresent(Int.self, forKey: .defaultTimeSteps)
        epoch = try container.decodeIfPresent(Int.self, forKey: .epoch)
        format = try container.decode(FileFormat.self, forKey: .format)
        bytes = try container.decode(Int.self, forKey: .bytes)
        sha256 = try container.decode(String.self, forKey: .sha256)
        probe = try container.decodeIfPresent(ProbeVerdict.self, forKey: .probe)
        notices = try container.decodeIfPresent([String].self, forKey: .notices)
        family = family.map(RecordedArchitecture.familyName)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(family, forKey: .family)
        try container.encode(sizes, forKey: .sizes)
        try container.encode(neurons, forKey: .neurons)
        try container.encode(neuronGroups, forKey: .neuronGroups)
        try container.encode(synapticLayers, forKey: .synapticLayers)
        try container.encode(multiplyingLayers, forKey: .multiplyingLayers)
        try container.encode(inputOperations, forKey: .inputOperations)
        try container.encode(dataFlow, forKey: .dataFlow)
        try container.encode(image, forKey: .image)
        try container.encode(classes, forKey: .classes)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(settings, forKey: .settings)
        try container.encode(network, forKey: .network)
        try container.encode(published, forKey: .published)
        try container.encode(preprocessing, forKey: .preprocessing)
        try container.encode(recipe, forKey: .recipe)
        try container.encode(timesteps, forKey: .timesteps)
        try container.encodeIfPresent(longestRun, forKey: .longestRun)
        try container.encode(defaultTimeSteps, forKey: .defaultTimeSteps)
        try container.encode(epoch, forKey: .epoch)
        try container.encode(format, forKey: .format)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(probe, forKey: .probe)
        try container.encode(notices ?? [], forKey: .notices)
        var named = encoder.container(keyedBy: SizeKey.self)
        for size in sizes where CodingKeys(rawValue: size.name) == nil {
            let values = size.value.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
            let key = SizeKey(stringValue: size.name)
            if values.count == 1 { try named.encode(values[0], forKey: key) } else { try named.encode(values, forKey: key) }
        }
    }
}
