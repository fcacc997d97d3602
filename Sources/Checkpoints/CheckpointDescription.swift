package import Diagnostics
import NetworkFamilies
package import Networks

/// What `evalctl model show` tells of a checkpoint, and what a stored model keeps of it. As JSON every key is always there, with `null` where
/// nothing is known; a family's own sizes are there under their names as well.
package struct CheckpointDescription: Sendable, Hashable {
    /// The name of exactly this network where it is a published one.
    package var name: String?
    package var family: String?
    package var sizes: [NetworkSize]
    /// Pixels.
    package var image: Int
    package var classes: Int
    /// Trainable parameters.
    package var parameters: Int
    package var neurons: Int
    /// Multiply-accumulates of the layers that read pixels, once an image.
    package var inputOperations: Int
    /// Layers that multiply currents in every time step.
    package var multiplying: [String]
    /// What tensors do not tell, and where it comes from.
    package var settings: [NetworkSetting]
    package var published: [PublishedAccuracy]
    /// Neuron groups in the order in which spikes pass through them.
    package var dataFlow: [GroupPlace]
    /// A neuron group: its number among the model's layers, and its name.
    package struct GroupPlace: Sendable, Hashable, Codable {
        package var layer: Int
        package var name: String
    }

    /// What was said of the network and its size when the model was stored, so that its file is read again in the same way.
    package var network: String?
    package var size: Int?
    /// T of the saved training arguments.
    package var timesteps: Int?
    package var epoch: Int?
    package var format: FileFormat
    /// Size of the file.
    package var bytes: Int
    package var sha256: String

    /// - Parameters:
    ///   - network: the value of `--network` that the file was read with.
    ///   - size: of `--size`.
    package init(_ checkpoint: Checkpoint, network: String? = nil, size: Int? = nil) {
        self.init(checkpoint.network, format: checkpoint.format, bytes: checkpoint.fileBytes, sha256: checkpoint.sha256)
        self.network = network
        self.size = size
        timesteps = checkpoint.savedTimeSteps ?? checkpoint.network.facts.timeSteps
        epoch = checkpoint.epoch
    }

    /// A description of a network whose weights are in a file of `bytes` bytes; nothing is known of its training.
    package init(_ network: Network, format: FileFormat, bytes: Int, sha256: String) {
        name = network.facts.publishedName
        family = network.facts.family
        sizes = network.facts.sizes
        image = network.inputSize
        classes = network.classes
        parameters = network.graph.parameterCount
        neurons = network.activity.neurons
        inputOperations = network.activity.inputOperations
        multiplying = network.activity.multiplying.filter { !$0.isInput }.map(\.name)
        settings = network.facts.settings
        published = network.facts.published
        dataFlow = network.activity.groupsInDataFlow.map { GroupPlace(layer: $0, name: network.activity.groups[$0].name) }
        self.format = format
        self.bytes = bytes
        self.sha256 = sha256
    }
}

extension CheckpointDescription {
    /// Reads the checkpoint file that this describes, as it was read when the model was stored.
    ///
    /// - Throws: the `checkpoint.*` and `network.*` codes.
    package func checkpoint(path: String) throws(Failure) -> Checkpoint {
        var choice: NetworkChoice?
        if let network { choice = try NetworkChoice(parsing: network) }
        return try Checkpoint.load(path: path, network: choice, imageSize: size)
    }
}

extension CheckpointDescription: Codable {
    private enum Key: String, CodingKey {
        case name, family, sizes, image, classes, parameters, neurons
        case inputOperations = "input_macs"
        case multiplying, settings, published
        case dataFlow = "data_flow"
        case network, size, timesteps, epoch, format, bytes, sha256
    }

    /// A size under its own name.
    private struct SizeKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(family, forKey: .family)
        try container.encode(sizes, forKey: .sizes)
        try container.encode(image, forKey: .image)
        try container.encode(classes, forKey: .classes)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(neurons, forKey: .neurons)
        try container.encode(inputOperations, forKey: .inputOperations)
        try container.encode(multiplying, forKey: .multiplying)
        try container.encode(settings, forKey: .settings)
        try container.encode(published, forKey: .published)
        try container.encode(dataFlow, forKey: .dataFlow)
        try container.encode(network, forKey: .network)
        try container.encode(size, forKey: .size)
        try container.encode(timesteps, forKey: .timesteps)
        try container.encode(epoch, forKey: .epoch)
        try container.encode(format, forKey: .format)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(sha256, forKey: .sha256)
        var named = encoder.container(keyedBy: SizeKey.self)
        for size in sizes where Key(rawValue: size.name) == nil {
            let key = SizeKey(stringValue: size.name)
            let values = size.value.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
            if values.count == 1 { try named.encode(values[0], forKey: key) } else { try named.encode(values, forKey: key) }
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let format = try container.decode(FileFormat.self, forKey: .format)
        let bytes = try container.decode(Int.self, forKey: .bytes)
        let sha256 = try container.decode(String.self, forKey: .sha256)
        timesteps = try container.decodeIfPresent(Int.self, forKey: .timesteps)
        epoch = try container.decodeIfPresent(Int.self, forKey: .epoch)
        guard container.contains(.dataFlow) else {
            // Recorded when spiking MLPs were the only networks.
            let (timesteps, epoch) = (timesteps, epoch)
            self.init(try RecordedArchitecture(from: decoder).network(), format: format, bytes: bytes, sha256: sha256)
            (self.timesteps, self.epoch) = (timesteps, epoch)
            return
        }
        name = try container.decodeIfPresent(String.self, forKey: .name)
        family = try container.decodeIfPresent(String.self, forKey: .family)
        sizes = try container.decode([NetworkSize].self, forKey: .sizes)
        image = try container.decode(Int.self, forKey: .image)
        classes = try container.decode(Int.self, forKey: .classes)
        parameters = try container.decode(Int.self, forKey: .parameters)
        neurons = try container.decode(Int.self, forKey: .neurons)
        inputOperations = try container.decode(Int.self, forKey: .inputOperations)
        multiplying = try container.decode([String].self, forKey: .multiplying)
        settings = try container.decode([NetworkSetting].self, forKey: .settings)
        published = try container.decode([PublishedAccuracy].self, forKey: .published)
        dataFlow = try container.decode([GroupPlace].self, forKey: .dataFlow)
        network = try container.decodeIfPresent(String.self, forKey: .network)
        size = try container.decodeIfPresent(Int.self, forKey: .size)
        self.format = format
        self.bytes = bytes
        self.sha256 = sha256
    }
}
