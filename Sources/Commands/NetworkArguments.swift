internal import ArgumentParser
internal import Checkpoints
internal import NetworkFamilies

/// What a person says of a network that its checkpoint does not tell.
struct NetworkArguments: ParsableArguments {
    @Option(
        help: """
            What the checkpoint does not tell: NAME[,key=value…], where NAME is spiking-mlp, spiking-resnet, sew-resnet, ms-resnet, \
            spiking-vgg, spike-driven-transformer or max-former, and keys are connect, neuron, tau, threshold, reset, decay-input, heads \
            and pooling.
            """)
    var network: String?

    @Option(help: "Side of the network's input in pixels, where its tensors do not tell it. Default: 224.")
    var size: Int?

    func validate() throws {
        _ = try options
        if let size, !(1...4096).contains(size) { throw ValidationError("--size takes 1 to 4096") }
    }

    var isGiven: Bool { network != nil || size != nil }

    private var options: NetworkOptions? {
        get throws { try network.map { try NetworkOptions(parsing: $0) } }
    }

    /// - Parameter inputSize: of the images that are there, where tensors do not tell the network's and nobody says it.
    /// - Throws: the `checkpoint.*` codes, `network.unrecognised`, `network.invalid-options`.
    func checkpoint(_ path: String, inputSize: Int? = nil) throws -> Checkpoint {
        try Checkpoint.load(path: path, options: options, imageSize: size, assumedSize: inputSize)
    }
}
