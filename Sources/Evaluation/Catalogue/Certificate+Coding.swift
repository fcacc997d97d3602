extension Certificate: Codable {
    private enum CodingKeys: String, CodingKey {
        case modelSHA256 = "model_sha256"
        case engine
        case kernels
        case version
        case timeSteps = "timesteps"
        case images
        case imageSource = "image_source"
        case grade
        case spikePath = "spike_path"
        case inputLayer = "input_layer"
        case equalToEngine = "equal_to_engine"
        case difference
        case layers
        case multiplied
        case units
        case energy = "energy_pj"
    }

    /// `equal_to_engine`, `difference` and `units` are null where there is nothing to say.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(modelSHA256, forKey: .modelSHA256)
        try container.encode(engine, forKey: .engine)
        try container.encode(kernels, forKey: .kernels)
        try container.encode(version, forKey: .version)
        try container.encode(timeSteps, forKey: .timeSteps)
        try container.encode(images, forKey: .images)
        try container.encode(imageSource, forKey: .imageSource)
        try container.encode(grade, forKey: .grade)
        try container.encode(spikePath, forKey: .spikePath)
        try container.encode(inputLayer, forKey: .inputLayer)
        try container.encode(equalToEngine, forKey: .equalToEngine)
        try container.encode(difference, forKey: .difference)
        try container.encode(layers, forKey: .layers)
        try container.encode(multiplied, forKey: .multiplied)
        try container.encode(units, forKey: .units)
        try container.encode(energy, forKey: .energy)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        modelSHA256 = try container.decode(String.self, forKey: .modelSHA256)
        engine = try container.decode(String.self, forKey: .engine)
        kernels = try container.decode(String.self, forKey: .kernels)
        version = try container.decode(String.self, forKey: .version)
        timeSteps = try container.decode(Int.self, forKey: .timeSteps)
        images = try container.decode(Int.self, forKey: .images)
        imageSource = try container.decode(String.self, forKey: .imageSource)
        grade = try container.decode(Grade.self, forKey: .grade)
        spikePath = try container.decode(Operations.self, forKey: .spikePath)
        inputLayer = try container.decode(InputLayer.self, forKey: .inputLayer)
        equalToEngine = try container.decodeIfPresent(Bool.self, forKey: .equalToEngine)
        difference = try container.decodeIfPresent(String.self, forKey: .difference)
        layers = try container.decode([Layer].self, forKey: .layers)
        multiplied = try container.decode([Multiplied].self, forKey: .multiplied)
        units = try container.decodeIfPresent(Units.self, forKey: .units)
        energy = try container.decode([String: Energy].self, forKey: .energy)
    }
}

extension Certificate.Layer: Codable {
    private enum CodingKeys: String, CodingKey {
        case name
        case part
        case synapticAdditions = "synaptic_additions"
        case synapticOperations = "synaptic_operations"
    }

    /// The operations stand beside the layer's own keys.
    package func encode(to encoder: any Encoder) throws {
        try operations.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(part, forKey: .part)
        try container.encode(synapticAdditions, forKey: .synapticAdditions)
        try container.encode(synapticOperations, forKey: .synapticOperations)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        operations = try Certificate.Operations(from: decoder)
        name = try container.decode(String.self, forKey: .name)
        part = try container.decode(String.self, forKey: .part)
        synapticAdditions = try container.decode(Int.self, forKey: .synapticAdditions)
        synapticOperations = try container.decode(Int.self, forKey: .synapticOperations)
    }
}
