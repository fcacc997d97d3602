import Diagnostics
import Networks

/// Spiking ResNet: the branch's current and the shortcut's are summed, then the neuron follows. Directly trained ResNets of tdBN are of this
/// family too.
enum SpikingResNet: NetworkFamily {
    static let name = "spiking-resnet"
    static let timeSteps = 4
    static let preprocessing = PublishedPreprocessing(interpolation: "bilinear", cropFraction: 0.875)

    static var published: [Publication<ResidualNetwork>] {
        [
            Publication(
                "spiking-resnet-34",
                ResidualNetwork(
                    depths: [3, 4, 6, 3], isOriginal: false, hasBottlenecks: false,
                    neuron: NeuronChoice(tau: 4.0 / 3, threshold: 0.5, decaysInput: false), joining: .sum),
                [
                    PublishedAccuracy(
                        top1: 63.72, timeSteps: 6, source: "Going Deeper With Directly-Trained Larger Spiking Neural Networks, AAAI 2021")
                ])
        ]
    }

    static func recognises(_ shapes: TensorShapes, _ arguments: SavedArguments) -> Bool {
        guard ResidualNetwork.recognises(shapes), !shapes.names.contains(where: { $0.contains(".downsample.0.module.") }) else {
            return false
        }
        return !SEWResNet.isNamed(arguments)
    }

    /// Whether the arguments name a network of this family.
    static func isNamed(_ arguments: SavedArguments) -> Bool {
        arguments.modelName.map { $0.contains("spiking_resnet") || $0.contains("spiking-resnet") } ?? false
    }

    static func configuration(_ shapes: TensorShapes, _ questions: inout NetworkQuestions) throws(Failure) -> ResidualNetwork {
        let neuron = try questions.neuron(assumed: ResidualNetwork.isOriginal(shapes) ? NeuronChoice(kind: .if) : nil, shapes)
        return try ResidualNetwork(shapes, &questions, neuron: neuron, joining: .sum)
    }

    static func graph(_ configuration: ResidualNetwork) -> NetworkGraph { configuration.graph }
    static func answers(_ configuration: ResidualNetwork) -> [NetworkSetting] { configuration.answers }
    static func sizes(_ configuration: ResidualNetwork) -> [NetworkSize] { configuration.sizes }

    static func canonical(_ configuration: ResidualNetwork) -> ResidualNetwork {
        var canonical = configuration
        canonical.isOriginal = false
        return canonical
    }
}
